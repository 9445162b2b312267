//! Tables as offices send them: CSV in any usual dialect, XLSX. Absent: what the columns mean.
