//! Everything that knows SQL. Absent: decisions.
