//! Cosignatures: who saw a checkpoint, and when (C2SP tlog-cosignature, key types 0x04 and 0x06), and log keys of type 0x06.
//! Absent: how many cosignatures are enough ([`crate::ledger::policy`]), how to ask for one ([`crate::ledger::witness`]).
//!
//! Type 0x06 comes from an implementation that nobody has audited: it is verified always, and made only beside Ed25519.

use std::collections::HashMap;
use std::fmt;

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ml_dsa::Keypair;
use ml_dsa::MlDsa44;
use thiserror::Error;

use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::checkpoint::CheckpointError;
use crate::ledger::encoding::NUM_MAX;
use crate::ledger::encoding::decode_base64;
use crate::ledger::encoding::decode_hex_array;
use crate::ledger::encoding::encode_base64;
use crate::ledger::key::SignatureError;
use crate::ledger::key::check_key;
use crate::ledger::key::verify_strict;
use crate::ledger::note::KeyName;
use crate::ledger::note::Note;
use crate::ledger::note::NoteSignature;
use crate::ledger::note::OpenError;
use crate::ledger::note::Vkey;
use crate::ledger::note::VkeyError;
use crate::ledger::note::key_id;

#[cfg(test)]
mod tests;

/// The bytes of an ML-DSA-44 public key (FIPS 204, table 2).
pub const ML_DSA_44_KEY_BYTES: usize = 1312;

/// The bytes of an ML-DSA-44 signature (FIPS 204, table 2).
const ML_DSA_44_SIGNATURE_BYTES: usize = 2420;

/// A name or an origin inside what ML-DSA-44 signs has one byte for its length.
const NAME_BYTES_MAX: usize = 255;

/// What begins the struct that type 0x06 signs.
const SUBTREE_LABEL: &[u8; 12] = b"subtree/v1\n\0";

/// What kind of key it is; the number is its type byte (C2SP signed-note, "Signature types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CosignatureKind {
    /// Cosignature/v1 with Ed25519.
    Ed25519,
    /// ML-DSA-44 over a struct that also names who signed.
    MlDsa44,
}

impl CosignatureKind {
    /// The type byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x04,
            Self::MlDsa44 => 0x06,
        }
    }
}

/// Why a cosignature, or a checkpoint because of one, was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CosignatureError {
    /// The text that was cosigned is no checkpoint.
    #[error("what was cosigned is not a checkpoint")]
    Checkpoint,
    /// The signature does not verify, or is not of the type's length.
    #[error("the cosignature of {0:#010x} does not verify")]
    Bad(u32),
    /// The same key signed twice: which of the two times it means, nobody can tell.
    #[error("the key {0:#010x} cosigned twice")]
    Repeated(u32),
    /// The time lies past 2^63 - 1.
    #[error("the cosignature's time is past 2^63 - 1")]
    Time,
    /// The origin or the key's name is longer than 255 bytes, and type 0x06 has no room for it.
    #[error("a name is longer than {NAME_BYTES_MAX} bytes")]
    Name,
}

/// A public key.
#[derive(Clone, PartialEq, Eq)]
enum Public {
    Ed25519([u8; 32]),
    MlDsa44(Box<[u8; ML_DSA_44_KEY_BYTES]>),
}

/// A witness's verifier key, of type 0x04 or 0x06; of type 0x06 it may be a log's key too.
///
/// ```
/// use ikrar::ledger::cosignature::{CosignatureKind, WitnessKey};
/// let text = "witness.example.com/w1+663c16cc+BGa+fjMsekUzMr2dCn99sFX1xe8aBq2mbZizn7aBDEc6";
/// let key = WitnessKey::parse(text)?;
/// assert_eq!((key.name().as_str(), key.kind()), ("witness.example.com/w1", CosignatureKind::Ed25519));
/// assert_eq!(key.to_string(), text);
/// # Ok::<(), ikrar::ledger::note::VkeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: KeyName,
    id: u32,
    public: Public,
}

impl WitnessKey {
    /// Names an Ed25519 key (type 0x04), which must be canonical and not weak.
    pub fn ed25519(name: KeyName, public: [u8; 32]) -> Result<Self, VkeyError> {
        check_key(&public)?;
        Ok(Self::named(name, Public::Ed25519(public)))
    }

    /// Names an ML-DSA-44 key (type 0x06).
    pub fn ml_dsa_44(name: KeyName, public: [u8; ML_DSA_44_KEY_BYTES]) -> Result<Self, VkeyError> {
        if name.as_str().len() > NAME_BYTES_MAX {
            return Err(VkeyError::Name);
        }
        if is_degenerate(&public) {
            return Err(VkeyError::Key(SignatureError::WeakKey));
        }
        Ok(Self::named(name, Public::MlDsa44(Box::new(public))))
    }

    fn named(name: KeyName, public: Public) -> Self {
        let mut key = Self { name, id: 0, public };
        key.id = key_id(&key.name, key.kind().byte(), key.public());
        key
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
        match *kind {
            0x04 => Self::ed25519(name, public.try_into().or(Err(VkeyError::Malformed))?),
            0x06 => Self::ml_dsa_44(name, public.try_into().or(Err(VkeyError::Malformed))?),
            kind => Err(VkeyError::Type(kind)),
        }
    }

    /// Who signs with it.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The first four bytes of a hash over name, type and key: enough to find a key, not to trust one.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Its type.
    pub fn kind(&self) -> CosignatureKind {
        match self.public {
            Public::Ed25519(_) => CosignatureKind::Ed25519,
            Public::MlDsa44(_) => CosignatureKind::MlDsa44,
        }
    }

    /// The public key's bytes.
    pub fn public(&self) -> &[u8] {
        match &self.public {
            Public::Ed25519(public) => public,
            Public::MlDsa44(public) => public.as_slice(),
        }
    }

    /// When this key cosigned the note, in unix seconds; none if no line is of this key. Lines of other keys are skipped.
    ///
    /// A line of this key that does not verify rejects the whole note, and so does a second line.
    pub fn verify(&self, note: &Note) -> Result<Option<u64>, CosignatureError> {
        let mut lines = note
            .signatures()
            .iter()
            .filter(|line| line.id == self.id && line.name == self.name);
        let Some(line) = lines.next() else {
            return Ok(None);
        };
        if lines.next().is_some() {
            return Err(CosignatureError::Repeated(self.id));
        }
        let checkpoint = Checkpoint::parse(note.text()).or(Err(CosignatureError::Checkpoint))?;
        self.verify_line(line, &checkpoint).map(Some)
    }

    /// Checks one line of this key over a checkpoint and gives its time; the line's name and id are not looked at.
    pub fn verify_line(
        &self,
        line: &NoteSignature,
        checkpoint: &Checkpoint,
    ) -> Result<u64, CosignatureError> {
        let bad = CosignatureError::Bad(self.id);
        let (time, signature) = line.bytes.split_first_chunk::<8>().ok_or(bad)?;
        let time_s = u64::from_be_bytes(*time);
        if time_s > NUM_MAX {
            return Err(CosignatureError::Time);
        }
        let holds = match &self.public {
            Public::Ed25519(public) => {
                let signature = signature.try_into().or(Err(bad))?;
                verify_strict(public, ed25519_message(checkpoint, time_s).as_bytes(), signature).is_ok()
            }
            Public::MlDsa44(public) => {
                let message = ml_dsa_message(&self.name, checkpoint, time_s)?;
                let signature = signature.try_into().or(Err(bad))?;
                verify_ml_dsa(public, &message, signature)
            }
        };
        if holds { Ok(time_s) } else { Err(bad) }
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.kind().byte()], self.public()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, encode_base64(&key))
    }
}

impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WitnessKey({}+{:08x}, {:?})", self.name, self.id, self.kind())
    }
}

/// A log's key: plain Ed25519 over the note's text (0x01), or ML-DSA-44 over the checkpoint (0x06).
///
/// ```
/// use ikrar::ledger::cosignature::LogKey;
/// let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// assert_eq!(LogKey::parse(text)?.to_string(), text);
/// # Ok::<(), ikrar::ledger::note::VkeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogKey {
    /// Type 0x01.
    Ed25519(Vkey),
    /// Type 0x06; never a key of type 0x04.
    MlDsa44(WitnessKey),
}

impl LogKey {
    /// Reads a verifier key of type 0x01 or 0x06.
    pub fn parse(text: &str) -> Result<Self, VkeyError> {
        match Vkey::parse(text) {
            Ok(vkey) => Ok(Self::Ed25519(vkey)),
            Err(VkeyError::Type(0x06)) => WitnessKey::parse(text).map(Self::MlDsa44),
            Err(error) => Err(error),
        }
    }

    /// The key's name, which is the log's origin.
    pub fn name(&self) -> &KeyName {
        match self {
            Self::Ed25519(vkey) => vkey.name(),
            Self::MlDsa44(key) => key.name(),
        }
    }

    /// The first four bytes of a hash over name, type and key.
    pub fn id(&self) -> u32 {
        match self {
            Self::Ed25519(vkey) => vkey.id(),
            Self::MlDsa44(key) => key.id(),
        }
    }

    /// The public key's bytes.
    pub fn public(&self) -> &[u8] {
        match self {
            Self::Ed25519(vkey) => vkey.public(),
            Self::MlDsa44(key) => key.public(),
        }
    }

    /// The key, if it is of type 0x01.
    pub fn vkey(&self) -> Option<&Vkey> {
        match self {
            Self::Ed25519(vkey) => Some(vkey),
            Self::MlDsa44(_) => None,
        }
    }

    /// Whether this key signed the note; a line of this key that does not verify is an error.
    pub fn verify(&self, note: &Note) -> Result<bool, CosignatureError> {
        match self {
            Self::Ed25519(vkey) => match note.verify(std::slice::from_ref(vkey)) {
                Ok(_) => Ok(true),
                Err(OpenError::NoKnownKey) => Ok(false),
                Err(_) => Err(CosignatureError::Bad(vkey.id())),
            },
            Self::MlDsa44(key) => Ok(key.verify(note)?.is_some()),
        }
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ed25519(vkey) => vkey.fmt(f),
            Self::MlDsa44(key) => key.fmt(f),
        }
    }
}

impl From<Vkey> for LogKey {
    fn from(vkey: Vkey) -> Self {
        Self::Ed25519(vkey)
    }
}

/// Whether one of a log's keys signed the note; one bad line of a known key rejects it (C2SP signed-note).
pub fn is_signed_by_any<'a>(
    keys: impl IntoIterator<Item = &'a LogKey>,
    note: &Note,
) -> Result<bool, CosignatureError> {
    let mut signed = false;
    for key in keys {
        signed |= key.verify(note)?;
    }
    Ok(signed)
}

/// The note with the lines of a log's keys alone, `None` where none of them signed it. Lines of other keys vouch for nothing, and anybody
/// can add them: with them, one checkpoint would be many notes.
pub fn only_signed_by(keys: &[LogKey], note: &Note) -> Result<Option<Note>, CosignatureError> {
    if !is_signed_by_any(keys, note)? {
        return Ok(None);
    }
    Ok(note.with_only(|line| {
        keys.iter()
            .any(|key| key.id() == line.id && *key.name() == line.name)
    }))
}

/// Reads a note whose text is a checkpoint; who signed it is not asked.
pub fn parse_checkpoint_note(text: &str) -> Result<(Note, Checkpoint), CheckpointError> {
    let note = Note::parse(text)?;
    let checkpoint = Checkpoint::parse(note.text())?;
    Ok((note, checkpoint))
}

/// A secret key.
enum Secret {
    Ed25519(Box<SigningKey>),
    MlDsa44(Box<ml_dsa::SigningKey<MlDsa44>>),
}

/// A named key that cosigns checkpoints. Prints no secret; the key is wiped when dropped.
///
/// A log's own key of type 0x06 is one too, named as the log; its line goes beside the Ed25519 line:
///
/// ```
/// use ed25519_dalek::SigningKey;
/// use ikrar::ledger::cosignature::{Cosigner, LogKey};
/// use ikrar::ledger::{checkpoint::Checkpoint, hash::empty_root, note::{KeyName, NoteSigner}};
/// let origin = KeyName::parse("example.com/log")?;
/// let signer = NoteSigner::new(origin.clone(), SigningKey::from_bytes(&[7; 32]))?;
/// let second = Cosigner::ml_dsa_44(origin.clone(), [8; 32])?;
/// let checkpoint = Checkpoint { origin, size: 0, root: empty_root() };
/// let note = checkpoint.sign(&signer)?.with(second.cosign(&checkpoint, 0)?)?;
/// assert_eq!(LogKey::parse(&second.key().to_string())?.verify(&note), Ok(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Cosigner {
    key: WitnessKey,
    secret: Secret,
}

impl Cosigner {
    /// Names an Ed25519 key. It must sign for this witness alone: the cosigned text does not name who cosigned.
    pub fn ed25519(name: KeyName, secret: SigningKey) -> Result<Self, VkeyError> {
        let key = WitnessKey::ed25519(name, secret.verifying_key().to_bytes())?;
        let secret = Secret::Ed25519(Box::new(secret));
        Ok(Self { key, secret })
    }

    /// Makes the ML-DSA-44 key of a seed (FIPS 204, algorithm 6) and names it.
    pub fn ml_dsa_44(name: KeyName, seed: [u8; 32]) -> Result<Self, VkeyError> {
        let secret = ml_dsa::SigningKey::<MlDsa44>::from_seed(&seed.into());
        let key = WitnessKey::ml_dsa_44(name, secret.verifying_key().encode().into())?;
        let secret = Secret::MlDsa44(Box::new(secret));
        Ok(Self { key, secret })
    }

    /// What others verify with.
    pub fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// The line that says: at this time, this was the largest tree of the log that I have seen.
    ///
    /// Deterministic. A time of 0 makes no statement about time: for a log's own key, never for a witness.
    pub fn cosign(&self, checkpoint: &Checkpoint, time_s: u64) -> Result<NoteSignature, CosignatureError> {
        if time_s > NUM_MAX {
            return Err(CosignatureError::Time);
        }
        let signature = match &self.secret {
            Secret::Ed25519(key) => key
                .sign(ed25519_message(checkpoint, time_s).as_bytes())
                .to_bytes()
                .to_vec(),
            Secret::MlDsa44(key) => {
                let message = ml_dsa_message(&self.key.name, checkpoint, time_s)?;
                ml_dsa::Signer::sign(key.as_ref(), &message).encode().to_vec()
            }
        };
        Ok(NoteSignature {
            name: self.key.name.clone(),
            id: self.key.id,
            bytes: [time_s.to_be_bytes().as_slice(), &signature].concat(),
        })
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({:?})", self.key)
    }
}

/// What type 0x04 signs.
fn ed25519_message(checkpoint: &Checkpoint, time_s: u64) -> String {
    format!("cosignature/v1\ntime {time_s}\n{checkpoint}")
}

/// What type 0x06 signs: the struct `cosigned_message`, for a whole tree.
fn ml_dsa_message(name: &KeyName, checkpoint: &Checkpoint, time_s: u64) -> Result<Vec<u8>, CosignatureError> {
    let mut message = SUBTREE_LABEL.to_vec();
    push_name(&mut message, name)?;
    message.extend(time_s.to_be_bytes());
    push_name(&mut message, &checkpoint.origin)?;
    message.extend(0u64.to_be_bytes());
    message.extend(checkpoint.size.to_be_bytes());
    message.extend(checkpoint.root.as_bytes());
    Ok(message)
}

fn push_name(message: &mut Vec<u8>, name: &KeyName) -> Result<(), CosignatureError> {
    let name = name.as_str().as_bytes();
    message.push(u8::try_from(name.len()).or(Err(CosignatureError::Name))?);
    message.extend(name);
    Ok(())
}

/// Verifies with the empty context.
fn verify_ml_dsa(
    public: &[u8; ML_DSA_44_KEY_BYTES],
    message: &[u8],
    signature: &[u8; ML_DSA_44_SIGNATURE_BYTES],
) -> bool {
    let key = ml_dsa::VerifyingKey::<MlDsa44>::decode(&(*public).into());
    ml_dsa::Signature::<MlDsa44>::decode(&(*signature).into())
        .is_some_and(|signature| key.verify_with_context(message, &[], &signature))
}

/// Whether t1 is nearly constant, as all zeros or all ones are: then it is nearly 0 or -1, and anyone can sign under it.
/// A real key has each byte value some five times in 1280.
fn is_degenerate(public: &[u8; ML_DSA_44_KEY_BYTES]) -> bool {
    let (_rho, t1) = public.split_at(32);
    let mut counts = HashMap::<u8, usize>::new();
    for byte in t1 {
        let count = counts.entry(*byte).or_default();
        *count = count.saturating_add(1);
    }
    counts.values().any(|&count| count > t1.len() / 4)
}
