//! Why a number is refused, and what is only odd about it. Absent: the reading itself.

/// Why a text is no NIP, each with what to do. [`NipError::key`] names the sentence in the catalogues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NipError {
    /// The cell is blank.
    #[error("the NIP is missing: fill it in")]
    Empty,
    /// `1.98609E+17`.
    #[error(
        "a spreadsheet turned the NIP into a power of ten and its last digits are lost: export again from the source, \
         with the NIP column formatted as text"
    )]
    Scientific,
    /// Serial 000, or a number cell: a spreadsheet keeps 15 digits of 18.
    #[error(
        "a spreadsheet rounded the NIP and its last digits are lost: export again from the source, with the NIP column \
         formatted as text"
    )]
    Rounded,
    /// Something that is neither a digit nor a separator.
    #[error("the NIP holds something other than digits: correct it")]
    Characters,
    /// The nine digits of before 2007.
    #[error("this is the old number of nine digits: give the NIP of eighteen")]
    Old,
    /// Not 18 digits.
    #[error("a NIP has 18 digits, this has {0}: correct it, or export the column as text")]
    Length(usize),
    /// Digits 1 to 8 are no day.
    #[error("digits 1 to 8 of the NIP are not a birth date: correct the number")]
    BirthDate,
    /// Digits 9 to 14 are neither year and month, nor year and contract.
    #[error(
        "digits 9 to 14 of the NIP are neither a month of appointment (PNS) nor a contract (PPPK): correct the number"
    )]
    Appointment,
    /// Digit 15 is neither 1 nor 2.
    #[error("digit 15 of the NIP is neither 1 nor 2: correct the number")]
    Sex,
}

impl NipError {
    /// Stable name for catalogues and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "nip-empty",
            Self::Scientific => "nip-scientific",
            Self::Rounded => "nip-rounded",
            Self::Characters => "nip-characters",
            Self::Old => "nip-old",
            Self::Length(_) => "nip-length",
            Self::BirthDate => "nip-birth-date",
            Self::Appointment => "nip-appointment",
            Self::Sex => "nip-sex",
        }
    }
}

/// What is odd about a number that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NipWarning {
    /// Appointed as a child, or late.
    #[error("by the NIP the person was {years} years old at appointment")]
    AgeAtAppointment {
        /// Whole years.
        years: i16,
    },
    /// The file's birth date is another one.
    #[error("the birth date column differs from the NIP")]
    BirthDateDiffers,
    /// The file's sex column differs.
    #[error("the sex column differs from the NIP")]
    SexDiffers,
}

impl NipWarning {
    /// Stable name for catalogues and JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::AgeAtAppointment { .. } => "nip-age-at-appointment",
            Self::BirthDateDiffers => "nip-birth-date-differs",
            Self::SexDiffers => "nip-sex-differs",
        }
    }
}
