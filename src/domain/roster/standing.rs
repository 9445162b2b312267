//! KEDUDUKAN HUKUM: who must sign, and why somebody need not. Absent: leave or exemptions granted in the portal.

/// Whether a person must sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duty {
    /// In service.
    Required,
    /// Not, and why.
    Excluded(Exclusion),
}

/// Why a person of the roster need not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exclusion {
    /// Pensiun.
    Retired,
    /// Berhenti, diberhentikan.
    Left,
    /// Wafat, meninggal, tewas.
    Died,
    /// Masa persiapan pensiun (MPP).
    PreRetirement,
    /// Cuti di luar tanggungan negara (CLTN).
    UnpaidLeave,
    /// Pemberhentian sementara.
    Suspended,
    /// No longer in the file of the personnel office.
    NotListed,
}

impl Exclusion {
    /// Every reason, for catalogues and tests.
    pub const ALL: [Self; 7] = [
        Self::Retired,
        Self::Left,
        Self::Died,
        Self::PreRetirement,
        Self::UnpaidLeave,
        Self::Suspended,
        Self::NotListed,
    ];

    /// Stable name for storing, catalogues and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::Left => "left",
            Self::Died => "died",
            Self::PreRetirement => "pre-retirement",
            Self::UnpaidLeave => "unpaid-leave",
            Self::Suspended => "suspended",
            Self::NotListed => "not-listed",
        }
    }

    /// Reads [`Exclusion::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|exclusion| exclusion.key() == key)
    }

    /// The reason of an `off` line of the ledger's `roster` entry (docs/format.md §3).
    pub fn off_reason(self) -> &'static str {
        match self {
            Self::Retired | Self::Left | Self::Died | Self::NotListed => "left",
            Self::PreRetirement | Self::UnpaidLeave | Self::Suspended => "not-serving",
        }
    }
}

impl Duty {
    /// Stable name for storing: `required` or the exclusion's.
    pub fn key(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Excluded(exclusion) => exclusion.key(),
        }
    }

    /// Reads [`Duty::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        if key == "required" {
            Some(Self::Required)
        } else {
            Exclusion::from_key(key).map(Self::Excluded)
        }
    }
}

/// Reads a KEDUDUKAN HUKUM. `None` where it is none we know: nobody is excluded or required by a guess.
pub(crate) fn read(standing: &str) -> Option<Duty> {
    let lower = standing.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let words = match words.as_slice() {
        ["pns" | "cpns" | "pppk" | "asn" | "p3k", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let text = words.join(" ");
    let has = |part: &str| text.contains(part);
    let exclusion = match words {
        ["aktif" | "active" | "cpns"] | ["tugas", "belajar", ..] | ["aktif", "pns" | "cpns" | "pppk"] => {
            return Some(Duty::Required);
        }
        ["aktif", "tugas", "belajar"] => return Some(Duty::Required),
        ["mpp"] | ["masa", "persiapan", "pensiun", ..] => Exclusion::PreRetirement,
        ["cltn", ..] | ["perpanjangan", "cltn"] => Exclusion::UnpaidLeave,
        _ if has("luar tanggungan negara") => Exclusion::UnpaidLeave,
        _ if has("tidak ") || has("batal") => return None,
        ["pemberhentian" | "diberhentikan" | "berhenti", "sementara", ..] => Exclusion::Suspended,
        ["pensiun" | "pensiunan" | "retired", ..] => Exclusion::Retired,
        ["berhenti" | "diberhentikan" | "pemberhentian", ..] => Exclusion::Left,
        ["meninggal" | "wafat" | "tewas" | "almarhum" | "almarhumah", ..] => Exclusion::Died,
        _ => return None,
    };
    Some(Duty::Excluded(exclusion))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_standing_has_its_duty() {
        let excluded = |exclusion| Some(Duty::Excluded(exclusion));
        for (text, duty) in [
            ("Aktif", Some(Duty::Required)),
            ("PPPK Aktif", Some(Duty::Required)),
            ("PNS AKTIF", Some(Duty::Required)),
            ("CPNS", Some(Duty::Required)),
            ("CPNS Aktif", Some(Duty::Required)),
            ("Tugas Belajar", Some(Duty::Required)),
            ("Pensiun", excluded(Exclusion::Retired)),
            ("Pensiun BUP", excluded(Exclusion::Retired)),
            ("Masa Persiapan Pensiun (MPP)", excluded(Exclusion::PreRetirement)),
            ("MPP", excluded(Exclusion::PreRetirement)),
            ("CLTN", excluded(Exclusion::UnpaidLeave)),
            ("Cuti di Luar Tanggungan Negara", excluded(Exclusion::UnpaidLeave)),
            ("Perpanjangan CLTN", excluded(Exclusion::UnpaidLeave)),
            ("Pemberhentian Sementara", excluded(Exclusion::Suspended)),
            ("Diberhentikan sementara", excluded(Exclusion::Suspended)),
            ("Berhenti", excluded(Exclusion::Left)),
            ("Pemberhentian dengan hormat", excluded(Exclusion::Left)),
            ("Wafat", excluded(Exclusion::Died)),
            ("Meninggal Dunia", excluded(Exclusion::Died)),
            ("Tidak Aktif", None),
            ("Non Aktif", None),
            ("Penerima Uang Tunggu", None),
            ("Diberhentikan tidak jadi", None),
            ("PNS", None),
        ] {
            assert_eq!(read(text), duty, "{text}");
        }
    }

    #[test]
    fn keys_come_back() {
        for exclusion in Exclusion::ALL {
            assert_eq!(Duty::from_key(exclusion.key()), Some(Duty::Excluded(exclusion)));
            assert!(["left", "not-serving"].contains(&exclusion.off_reason()));
        }
        assert_eq!(Duty::from_key("required"), Some(Duty::Required));
        assert_eq!(Duty::from_key("x"), None);
    }
}
