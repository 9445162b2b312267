"""What the peers share: reading a folder that linkage_data wrote, cleaning names, and the measures.

The measures are those of linkage_bench. A peer has no notion of "nobody here" and decides by a threshold. So that none is
judged by a threshold that its author guessed, the smallest score and the smallest lead over the second are fitted on the
complaints of odd number: the fewest wrong decisions at a coverage of at least a quarter, then the most coverage. They are judged on the even ones.
"""
import csv
import re
import sys
from pathlib import Path

TITLES = set(
    "prof dr drg drs dra ir h hj kh raden bpk bapak pak bu ibu sdr sdri mas mbak bang kang om teh kak ny "
    "se sh st mt mm msi skom mkom ssos spd mpd sip sap map amd mh sag stp sp ns phd mti mpa sikom".split()
)


def read(folder):
    """The roster, the complaints, and the truth by complaint."""
    rows = lambda name: list(csv.DictReader(open(Path(folder) / name, encoding="utf-8")))
    truth = {row["complaint_id"]: row for row in rows("truth.csv")}
    return rows("roster.csv"), rows("complaints.csv"), truth


def clean(name, recorded=False):
    """Small letters, without titles; of a recorded name nothing after the first comma."""
    if recorded:
        name = name.split(",")[0]
    name = re.sub(r"\b(?:nip|alias|dikenal sebagai|biasa dipanggil)\b.*", "", name, flags=re.IGNORECASE)
    words = re.sub(r"[^a-z ]", " ", re.sub(r"(?<=[a-z])\.(?=[a-z])", "", name.lower())).split()
    kept = [word for word in words if word not in TITLES]
    return " ".join(kept or words)


def digits(text):
    return re.sub(r"\D", "", text)


def measure(label, answers, truth, milliseconds):
    """Prints a row; `answers` has for each complaint up to six (nip, score), best first."""
    resolvable = [one for one, row in truth.items() if row["resolvable"] == "yes"]
    rank = {}
    for one in resolvable:
        nips = [nip for nip, _ in answers[one][:5]]
        rank[one] = nips.index(truth[one]["nip"]) if truth[one]["nip"] in nips else None
    first = sum(place == 0 for place in rank.values()) / len(resolvable)
    fifth = sum(place is not None for place in rank.values()) / len(resolvable)

    def decided(one, score, lead):
        best = answers[one]
        if not best or best[0][1] < score:
            return None
        return best[0][0] if len(best) < 2 or best[0][1] - best[1][1] >= lead else None

    def judge(some, score, lead):
        counts = {"matches": 0, "wrong": 0, "accused": 0, "covered": 0, "reckless": 0}
        for one in some:
            nip = decided(one, score, lead)
            if nip is None:
                continue
            counts["matches"] += 1
            counts["wrong"] += truth[one]["nip"] != "" and nip != truth[one]["nip"]
            counts["accused"] += truth[one]["nip"] == ""
            counts["reckless"] += int(truth[one]["fits"]) > 1
            counts["covered"] += truth[one]["resolvable"] == "yes" and nip == truth[one]["nip"]
        return counts

    odd = [one for one in truth if int(one[1:]) % 2]
    even = [one for one in truth if int(one[1:]) % 2 == 0]
    quarter = sum(truth[one]["resolvable"] == "yes" for one in odd) / 4
    scores = sorted({round(answers[one][0][1], 3) for one in odd if answers[one]})
    scores = scores[:: max(1, len(scores) // 40)]
    top = scores[-1] if scores else 1
    leads = [0.0] + [top * part / 100 for part in (1, 2, 4, 6, 8, 12, 16, 24, 32)]
    best = None
    for score in scores:
        for lead in leads:
            counts = judge(odd, score, lead)
            if counts["covered"] >= quarter:
                key = (counts["wrong"] + counts["accused"], -counts["covered"])
                if best is None or key < best[0]:
                    best = (key, score, lead)
    _, score, lead = best or (None, top, 0.0)
    counts = judge(even, score, lead)
    outsiders = sum(truth[one]["nip"] == "" for one in even)
    covered = counts["covered"] / max(1, sum(truth[one]["resolvable"] == "yes" for one in even))
    print(
        f"| {label} | {first:.3f} / {fifth:.3f} | {covered:.3f} | {counts['wrong']} of {counts['matches']} | "
        f"{counts['accused']} of {outsiders} | {counts['reckless']} | {milliseconds:.1f} |",
        flush=True,
    )


HEAD = (
    "| system | recall@1 / @5 (resolvable) | coverage | wrong of automatic | outsiders accused | reckless | ms |\n"
    "|---|---|---|---|---|---|---|"
)


def folder():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER (written by linkage_data)")
    return sys.argv[1]
