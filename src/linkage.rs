//! Who is meant by a complaint: an index over a roster and one function, [`link`]. Absent: IO, clock, database, ledger.
