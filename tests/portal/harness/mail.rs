//! Reading what the portal mailed, from the `.eml` files in its folder. Absent: sending.

use crate::harness::PUBLIC_URL;

/// A mail's headers and its plain text.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// As it went out.
    pub(crate) raw: String,
    /// The plain text, decoded.
    pub(crate) text: String,
}

impl Mail {
    /// Takes a mail apart.
    pub(crate) fn parse(raw: &str) -> Self {
        let raw = raw.replace("\r\n", "\n");
        let at = raw.find("Content-Type: text/plain").unwrap();
        let (head, rest) = raw[at..].split_once("\n\n").unwrap();
        let body = rest.split("\n--").next().unwrap();
        let lower = head.to_lowercase();
        let text = if lower.contains("quoted-printable") {
            unquote(body)
        } else if lower.contains("base64") {
            let bytes = ikrar::ledger::encoding::decode_base64(&body.replace('\n', "")).unwrap();
            String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
        } else {
            body.to_owned()
        };
        Self { raw, text }
    }

    /// The attached file, byte for byte.
    #[track_caller]
    pub(crate) fn attached(&self) -> Vec<u8> {
        let at = self.raw.find("Content-Type: application/octet-stream").unwrap();
        let (head, rest) = self.raw[at..].split_once("\n\n").unwrap();
        assert!(head.contains("Content-Transfer-Encoding: base64"), "{head}");
        let body = rest.split("\n--").next().unwrap();
        ikrar::ledger::encoding::decode_base64(&body.replace('\n', "")).unwrap()
    }

    /// The link to enter by, as a path.
    #[track_caller]
    pub(crate) fn link(&self) -> String {
        let start = format!("{PUBLIC_URL}/enter/");
        let line = self.text.lines().find(|line| line.starts_with(&start));
        line.unwrap_or_else(|| panic!("no link in:\n{}", self.text))[PUBLIC_URL.len()..].to_owned()
    }

    /// The six digits.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        let digits = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
        let line = self.text.lines().find(digits);
        line.unwrap_or_else(|| panic!("no code in:\n{}", self.text))
            .to_owned()
    }
}

fn unquote(body: &str) -> String {
    let joined = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'=' {
            bytes.extend(hex::decode(&tail[..2]).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}
