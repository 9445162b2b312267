//! Signed notes, their keys and names (C2SP signed-note, key type 0x01). Absent: what a note says, cosignatures, key files.

use std::fmt;

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use thiserror::Error;

use crate::ledger::encoding::decode_base64;
use crate::ledger::encoding::decode_hex_array;
use crate::ledger::encoding::encode_base64;
use crate::ledger::hash::sha256;
use crate::ledger::key::SignatureError;
use crate::ledger::key::check_key;
use crate::ledger::key::verify_strict;

#[cfg(test)]
mod tests;

/// A longer note is refused unread.
pub const NOTE_SIZE_BYTES_MAX: usize = 1_000_000;

/// More signature lines are refused. C2SP wants at least 16 accepted.
pub const SIGNATURE_COUNT_MAX: usize = 64;

/// The type byte of a plain Ed25519 key.
const ED25519: u8 = 0x01;

/// What begins a signature line: an em dash and a space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Why a name or a verifier key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VkeyError {
    /// Empty, or with white space, a control character or a plus sign.
    #[error("a key name is not empty and has no space, control character or plus sign")]
    Name,
    /// Not `name+hex+base64`, or not printed the one way.
    #[error("not a verifier key of the form name+id+key")]
    Malformed,
    /// A key type other than Ed25519.
    #[error("the verifier key is of type {0:#04x}, not Ed25519 (0x01)")]
    Type(u8),
    /// The id is not that of name and key.
    #[error("the verifier key's id does not belong to its name and key")]
    Id,
    /// No acceptable Ed25519 key.
    #[error(transparent)]
    Key(#[from] SignatureError),
}

/// The name in a signature line and a verifier key.
///
/// ```
/// use ikrar::ledger::note::KeyName;
/// assert_eq!(KeyName::parse("example.com/log")?.as_str(), "example.com/log");
/// assert!(KeyName::parse("two words").is_err());
/// # Ok::<(), ikrar::ledger::note::VkeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// Accepts what is not empty and has neither white space, control characters nor `+`.
    pub fn parse(text: &str) -> Result<Self, VkeyError> {
        let forbidden = |c: char| c.is_whitespace() || c < ' ' || c == '+';
        if text.is_empty() || text.contains(forbidden) {
            return Err(VkeyError::Name);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An Ed25519 verifier key with its name.
///
/// ```
/// use ikrar::ledger::note::Vkey;
/// let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// let vkey = Vkey::parse(text)?;
/// assert_eq!((vkey.name().as_str(), vkey.id()), ("example.com/foo", 0x530d_903a));
/// assert_eq!(vkey.to_string(), text);
/// # Ok::<(), ikrar::ledger::note::VkeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vkey {
    name: KeyName,
    id: u32,
    public: [u8; 32],
}

impl Vkey {
    /// Names a public key, which must be canonical and not weak.
    pub fn new(name: KeyName, public: [u8; 32]) -> Result<Self, VkeyError> {
        check_key(&public)?;
        let id = key_id(&name, ED25519, &public);
        Ok(Self { name, id, public })
    }

    /// Reads `name+id+base64`, split at the first two plus signs.
    pub fn parse(text: &str) -> Result<Self, VkeyError> {
        let (name, rest) = text.split_once('+').ok_or(VkeyError::Malformed)?;
        let (id, key) = rest.split_once('+').ok_or(VkeyError::Malformed)?;
        let name = KeyName::parse(name)?;
        let id = u32::from_be_bytes(decode_hex_array(id).or(Err(VkeyError::Malformed))?);
        let bytes = decode_base64(key).or(Err(VkeyError::Malformed))?;
        let (kind, public) = bytes.split_first().ok_or(VkeyError::Malformed)?;
        if key_id(&name, *kind, public) != id {
            return Err(VkeyError::Id);
        }
        if *kind != ED25519 {
            return Err(VkeyError::Type(*kind));
        }
        let public = public.try_into().or(Err(VkeyError::Malformed))?;
        Self::new(name, public)
    }

    /// The name; of a log's key, its origin.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The first four bytes of a hash over name and key: enough to find a key, not to trust one.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The Ed25519 public key.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }
}

impl fmt::Display for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.public.as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, encode_base64(&key))
    }
}

/// Key id = SHA-256(name ‖ LF ‖ type ‖ public key), its first four bytes (C2SP signed-note, "Signatures").
pub fn key_id(name: &KeyName, kind: u8, public: &[u8]) -> u32 {
    let hash = sha256(&[name.0.as_bytes(), b"\n", &[kind], public]);
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// A named key that signs notes. Prints no secret; the key is wiped when dropped.
///
/// ```
/// use ed25519_dalek::SigningKey;
/// use ikrar::ledger::note::{KeyName, NoteSigner, open};
/// let signer = NoteSigner::new(KeyName::parse("example.com/log")?, SigningKey::from_bytes(&[7; 32]))?;
/// let note = signer.sign("text\n")?.to_string();
/// assert_eq!(open(&note, &[signer.vkey().clone()])?, "text\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct NoteSigner {
    vkey: Vkey,
    key: SigningKey,
}

impl NoteSigner {
    /// Names a signing key.
    pub fn new(name: KeyName, key: SigningKey) -> Result<Self, VkeyError> {
        let vkey = Vkey::new(name, key.verifying_key().to_bytes())?;
        Ok(Self { vkey, key })
    }

    /// What others verify with.
    pub fn vkey(&self) -> &Vkey {
        &self.vkey
    }

    /// Makes a note of a text, with this signature alone.
    pub fn sign(&self, text: &str) -> Result<Note, NoteError> {
        check_text(text)?;
        Note {
            text: text.to_owned(),
            signatures: Vec::new(),
        }
        .with(self.signature(text))
    }

    /// The signature line for a text, to add to a note that others signed too.
    pub fn signature(&self, text: &str) -> NoteSignature {
        let bytes = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        NoteSignature {
            name: self.vkey.name.clone(),
            id: self.vkey.id,
            bytes,
        }
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.vkey)
    }
}

/// Why a note was refused as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Longer than [`NOTE_SIZE_BYTES_MAX`].
    #[error("the note is longer than {NOTE_SIZE_BYTES_MAX} bytes")]
    Size,
    /// A control character, no LF at the end, or no blank line before the signatures.
    #[error("the note is malformed")]
    Malformed,
    /// A signature line that is none.
    #[error("the note has a malformed signature line")]
    SignatureLine,
    /// None, or more than [`SIGNATURE_COUNT_MAX`].
    #[error("the note has no signature or more than {SIGNATURE_COUNT_MAX}")]
    SignatureCount,
}

/// One line `— name base64(id ‖ signature)`, whoever's and of whatever type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Who signed.
    pub name: KeyName,
    /// The key's id.
    pub id: u32,
    /// The signature; 64 bytes where the key is plain Ed25519.
    pub bytes: Vec<u8>,
}

impl NoteSignature {
    /// Reads a line, without its LF.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        Self::parse_option(line).ok_or(NoteError::SignatureLine)
    }

    fn parse_option(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
        let name = KeyName::parse(name).ok()?;
        let bytes = decode_base64(base64).ok()?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        let id = u32::from_be_bytes(*id);
        (!signature.is_empty()).then(|| Self {
            name,
            id,
            bytes: signature.to_vec(),
        })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.to_be_bytes().as_slice(), &self.bytes].concat();
        write!(f, "{SIGNATURE_PREFIX}{} {}", self.name, encode_base64(&bytes))
    }
}

/// A text and the signatures under it, not yet verified.
///
/// ```
/// use ikrar::ledger::note::Note;
/// let text = "hello\n\n— example.com/foo U9ETsEXSc7xtf3rQTP4tzw==\n";
/// let note = Note::parse(text)?;
/// assert_eq!(note.text(), "hello\n");
/// assert_eq!(note.to_string(), text);
/// # Ok::<(), ikrar::ledger::note::NoteError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Reads a note. The last blank line divides text from signatures.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > NOTE_SIZE_BYTES_MAX {
            return Err(NoteError::Size);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let text = format!("{text}\n");
        check_text(&text)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        if lines.split('\n').count() > SIGNATURE_COUNT_MAX {
            return Err(NoteError::SignatureCount);
        }
        let signatures = lines
            .split('\n')
            .map(NoteSignature::parse)
            .collect::<Result<_, _>>()?;
        Ok(Self { text, signatures })
    }

    /// Adds a signature at the end.
    pub fn with(mut self, signature: NoteSignature) -> Result<Self, NoteError> {
        self.signatures.push(signature);
        if self.signatures.len() > SIGNATURE_COUNT_MAX {
            return Err(NoteError::SignatureCount);
        }
        if self.to_string().len() > NOTE_SIZE_BYTES_MAX {
            return Err(NoteError::Size);
        }
        Ok(self)
    }

    /// The note with those lines alone that `keep` chooses, the first of each key; `None` where it chooses none.
    pub fn with_only(&self, keep: impl Fn(&NoteSignature) -> bool) -> Option<Self> {
        let mut signatures: Vec<NoteSignature> = Vec::new();
        for line in self.signatures.iter().filter(|line| keep(line)) {
            let is_again = |known: &NoteSignature| known.id == line.id && known.name == line.name;
            if !signatures.iter().any(is_again) {
                signatures.push(line.clone());
            }
        }
        (!signatures.is_empty()).then(|| Self {
            text: self.text.clone(),
            signatures,
        })
    }

    /// The text, which nobody has verified yet; see [`Note::verify`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The text, if one of `keys` signed it. Signatures of unknown keys are skipped; a bad one of a known key rejects.
    pub fn verify(&self, keys: &[Vkey]) -> Result<&str, OpenError> {
        let mut known = false;
        for signature in &self.signatures {
            let mut matching = keys
                .iter()
                .filter(|key| key.name == signature.name && key.id == signature.id);
            let Some(key) = matching.next() else { continue };
            if matching.any(|other| other != key) {
                return Err(OpenError::Ambiguous);
            }
            let bytes = signature
                .bytes
                .as_slice()
                .try_into()
                .or(Err(OpenError::BadSignature))?;
            verify_strict(&key.public, self.text.as_bytes(), bytes).or(Err(OpenError::BadSignature))?;
            known = true;
        }
        if known {
            Ok(&self.text)
        } else {
            Err(OpenError::NoKnownKey)
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// Why a note was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// It is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Two different known keys have the same name and id.
    #[error("two known keys share one name and id")]
    Ambiguous,
    /// A known key's signature does not verify.
    #[error("the signature of a known key does not verify")]
    BadSignature,
    /// Nobody known signed it.
    #[error("no known key signed the note")]
    NoKnownKey,
}

/// Parses a note, verifies it (see [`Note::verify`]) and gives its text.
pub fn open(note: &str, keys: &[Vkey]) -> Result<String, OpenError> {
    Ok(Note::parse(note)?.verify(keys)?.to_owned())
}

/// A text ends with LF and has no other control character.
fn check_text(text: &str) -> Result<(), NoteError> {
    let control = |c: char| c < ' ' && c != '\n';
    if text.len() > NOTE_SIZE_BYTES_MAX {
        return Err(NoteError::Size);
    }
    if !text.ends_with('\n') || text.contains(control) {
        return Err(NoteError::Malformed);
    }
    Ok(())
}
