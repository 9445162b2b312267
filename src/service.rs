//! Use-cases: functions over a connection. Absent: HTTP, templates, SQL.
