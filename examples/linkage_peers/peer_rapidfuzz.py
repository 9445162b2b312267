"""rapidfuzz: WRatio over cleaned names; and a weighted mean with unit, city, position and NIP.

python -m venv V && V/bin/pip install rapidfuzz; V/bin/python peer_rapidfuzz.py FOLDER

Weights: name 5, unit 3 (token_set_ratio), city 1 and position 1.5 (WRatio), NIP 5 (partial_ratio of digits); what a complaint
leaves out has no weight. The name is the handle's letters where no name is written.
"""
import time

import numpy
from rapidfuzz import fuzz
from rapidfuzz import process

import common


AROUND = (("unit", 3.0, fuzz.token_set_ratio), ("city", 1.0, fuzz.WRatio), ("position", 1.5, fuzz.WRatio))


def main():
    roster, complaints, truth = common.read(common.folder())
    nips = [row["nip"] for row in roster]
    names = [common.clean(row["name"], recorded=True) for row in roster]
    fields = {
        "unit": [row["unit"].lower() for row in roster],
        "city": [row["city"].lower() for row in roster],
        "position": [row["position"].lower() for row in roster],
    }
    plain, weighted = {}, {}
    spent = [0.0, 0.0]

    def best(scores):
        top = numpy.argpartition(-scores, 6)[:6]
        top = top[numpy.argsort(-scores[top], kind="stable")]
        return [(nips[place], float(scores[place])) for place in top]

    def against(text, choices, scorer):
        return process.cdist([text], choices, scorer=scorer, dtype=numpy.float32)[0]

    for row in complaints:
        started = time.perf_counter()
        name = common.clean(row["accused_name"]) or common.clean(row["handle"].replace("_", " ").replace(".", " "))
        score = against(name, names, fuzz.WRatio)
        plain[row["complaint_id"]] = best(score)
        spent[0] += time.perf_counter() - started
        total, weight = 5.0 * score, 5.0
        for field, share, scorer in AROUND:
            if row[field]:
                total = total + share * against(row[field].lower(), fields[field], scorer)
                weight += share
        number = common.digits(row["nip_fragment"])
        if len(number) >= 4:
            total = total + 5.0 * against(number, nips, fuzz.partial_ratio)
            weight += 5.0
        weighted[row["complaint_id"]] = best(total / weight)
        spent[1] += time.perf_counter() - started
    print(common.HEAD)
    each = 1000.0 / len(complaints)
    common.measure("rapidfuzz WRatio over cleaned names", plain, truth, spent[0] * each)
    common.measure("rapidfuzz, name + unit + city + position + NIP", weighted, truth, spent[1] * each)


main()
