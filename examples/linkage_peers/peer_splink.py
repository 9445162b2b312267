"""Splink 5 on DuckDB: link_only, u by sampling, m by EM, term frequencies.

python -m venv V && V/bin/pip install splink; V/bin/python peer_splink.py FOLDER

Compared: the whole cleaned name (exact, Jaro-Winkler .94, .88, .8), its first and last words (exact, .9), the unit (exact, .9, .75),
city, position (exact, .9), the first eight digits of the NIP (exact, one off) and its last four; term frequencies for all but
the birth date. Pairs share the first four letters of a first or last word, the birth date, or city and initial. A batch: milliseconds are those of training and prediction together, shared among the complaints.
"""
import time

import duckdb
import pyarrow
from splink import DuckDBAPI
from splink import Linker
from splink import SettingsCreator
from splink import block_on
import splink.comparison_library as cl

import common


def record(key, name, row, number):
    words = name.split()
    eight = number[:8] if len(number) >= 8 else None
    return {
        "unique_id": key,
        "name": name or None,
        "first": words[0] if words else None,
        "last": words[-1] if len(words) > 1 else None,
        "start": words[0][:4] if words else None,
        "end": words[-1][:4] if words else None,
        "unit": row["unit"].lower() or None,
        "city": row["city"].lower() or None,
        "position": row["position"].lower() or None,
        "birth": eight,
        "last4": number[-4:] if len(number) in (4, 18) else None,
    }


def main():
    roster, complaints, truth = common.read(common.folder())
    people = [record(row["nip"], common.clean(row["name"], recorded=True), row, row["nip"]) for row in roster]
    written = []
    for row in complaints:
        name = common.clean(row["accused_name"]) or common.clean(row["handle"].replace("_", " "))
        written.append(record(row["complaint_id"], name, row, common.digits(row["nip_fragment"])))
    started = time.perf_counter()
    api = DuckDBAPI(connection=duckdb.connect())
    tables = [
        api.register(pyarrow.Table.from_pylist(people), dataset_display_name="roster"),
        api.register(pyarrow.Table.from_pylist(written), dataset_display_name="written"),
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.94, 0.88, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("first", [0.9]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("last", [0.9]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("unit", [0.9, 0.75]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("city", [0.9]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("position", [0.9]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("birth", [1]),
            cl.ExactMatch("last4").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("start"),
            block_on("end"),
            block_on("birth"),
            "l.start = r.end",
            "l.end = r.start",
            "l.city = r.city and substr(l.name, 1, 1) = substr(r.name, 1, 1)",
        ],
    )
    linker = Linker(tables, settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match([block_on("name", "unit")], recall=0.2)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
    for rule in (block_on("name"), block_on("unit"), block_on("first", "city")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    table = linker.inference.predict(threshold_match_weight=-30).physical_name
    cursor = api._con.execute(
        f"SELECT * FROM (SELECT unique_id_l, unique_id_r, match_weight, source_dataset_l, row_number() OVER "
        f"(PARTITION BY CASE WHEN unique_id_l LIKE 'C%' THEN unique_id_l ELSE unique_id_r END "
        f"ORDER BY match_weight DESC, unique_id_l, unique_id_r) AS place FROM {table}) WHERE place <= 6 ORDER BY place"
    )
    answers = {row["complaint_id"]: [] for row in complaints}
    for left, right, weight, _, _ in cursor.fetchall():
        one, nip = (left, right) if left.startswith("C") else (right, left)
        answers[one].append((nip, weight))
    spent = (time.perf_counter() - started) * 1000.0 / len(complaints)
    print(common.HEAD)
    common.measure("Splink 5 (DuckDB, EM, term frequency)", answers, truth, spent)


main()
