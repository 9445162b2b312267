"""PostgreSQL pg_trgm: similarity of names with a trigram index; and a weighted sum with unit, city, position and NIP.

python -m venv V && V/bin/pip install "psycopg[binary]"; scripts/with-postgres V/bin/python peer_pg_trgm.py FOLDER

The server is the one of TEST_DATABASE_URL. Name alone: `name % ?` at a threshold of 0.15, best six by similarity. With context:
the same people, those whose unit is near by word_similarity, and those whose NIP holds the digits; the sum is 5 name, 3 unit
(word_similarity both ways), 1 city, 1.5 position, 5 NIP; what a complaint leaves out counts nothing.
"""
import os
import time

import psycopg

import common

NAME = "SELECT nip, similarity(name, %(name)s) AS s FROM roster WHERE name %% %(name)s ORDER BY s DESC, nip LIMIT 6"
CONTEXT = """
WITH near AS (
    SELECT nip FROM roster WHERE name %% %(name)s
    UNION SELECT nip FROM roster WHERE %(unit)s <> '' AND %(unit)s <%% unit
    UNION SELECT nip FROM roster WHERE %(digits)s <> '' AND nip LIKE '%%' || %(digits)s || '%%'
)
SELECT nip, (
    5 * similarity(name, %(name)s)
    + CASE WHEN %(unit)s = '' THEN 0 ELSE 3 * greatest(word_similarity(%(unit)s, unit), word_similarity(unit, %(unit)s)) END
    + CASE WHEN %(city)s = '' THEN 0 ELSE similarity(city, %(city)s) END
    + CASE WHEN %(position)s = '' THEN 0 ELSE 1.5 * word_similarity(%(position)s, position) END
    + CASE WHEN %(digits)s = '' THEN 0 WHEN nip LIKE '%%' || %(digits)s || '%%' THEN 5 ELSE 0 END
) / (5
    + CASE WHEN %(unit)s = '' THEN 0 ELSE 3 END + CASE WHEN %(city)s = '' THEN 0 ELSE 1 END
    + CASE WHEN %(position)s = '' THEN 0 ELSE 1.5 END + CASE WHEN %(digits)s = '' THEN 0 ELSE 5 END
) AS s FROM near JOIN roster USING (nip) ORDER BY s DESC, nip LIMIT 6
"""


def main():
    roster, complaints, truth = common.read(common.folder())
    with psycopg.connect(os.environ["TEST_DATABASE_URL"]) as base:
        base.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        base.execute("CREATE TEMP TABLE roster (nip text PRIMARY KEY, name text, unit text, city text, position text)")
        with base.cursor().copy("COPY roster FROM STDIN") as copy:
            for row in roster:
                name = common.clean(row["name"], recorded=True)
                copy.write_row((row["nip"], name, row["unit"].lower(), row["city"].lower(), row["position"].lower()))
        base.execute("CREATE INDEX ON roster USING gin (name gin_trgm_ops)")
        base.execute("CREATE INDEX ON roster USING gin (unit gin_trgm_ops)")
        base.execute("ANALYZE roster")
        base.execute("SET pg_trgm.similarity_threshold = 0.15")
        base.execute("SET pg_trgm.word_similarity_threshold = 0.75")
        print(common.HEAD)
        for label, query in (("PostgreSQL pg_trgm, name", NAME), ("PostgreSQL pg_trgm, name with context", CONTEXT)):
            answers = {}
            started = time.perf_counter()
            for row in complaints:
                name = common.clean(row["accused_name"]) or common.clean(row["handle"].replace("_", " "))
                number = common.digits(row["nip_fragment"])
                values = {
                    "name": name,
                    "unit": row["unit"].lower(),
                    "city": row["city"].lower(),
                    "position": row["position"].lower(),
                    "digits": number if len(number) >= 4 else "",
                }
                answers[row["complaint_id"]] = [(nip, float(score)) for nip, score in base.execute(query, values)]
            spent = (time.perf_counter() - started) * 1000.0 / len(complaints)
            common.measure(label, answers, truth, spent)


main()
