//! Signatures of mails: DKIM (RFC 6376), with RSA or Ed25519 (RFC 8463).
//!
//! By aws-lc-rs, which the process has anyway: the library for mail would bring the crate `rsa` for it, whose private keys show in its
//! timing (RUSTSEC-2023-0071).

use std::fmt;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use sha2::{Digest, Sha256};

use crate::config::Config;

/// What is signed of a mail's head, where it is there: all that a reader or his program goes by. RFC 8058 demands it of the last two.
const SIGNED: [&str; 14] = [
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "mime-version",
    "content-type",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// What is signed once more than it is there, so that nobody adds another (section 5.4).
const ONCE: [&str; 4] = ["from", "reply-to", "to", "subject"];

/// Characters of a string in a TXT record (RFC 1035 section 3.3).
const TXT: usize = 255;

/// Longest line of the signature's base64.
const LINE: usize = 72;

/// Signs for a domain.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.name())
    }
}

impl Signer {
    /// As the configuration has it; none where it has no key. `from` is the sender of mails.
    ///
    /// # Errors
    /// A sentence that names the setting and what is wrong with it, without anything of the key.
    pub fn new(config: &Config, from: Option<&Mailbox>) -> Result<Option<Self>, String> {
        let has_file = !config.dkim_key_file.as_os_str().is_empty();
        let (pem, setting) = match (config.dkim_key.is_empty(), has_file) {
            (true, false) if config.dkim_selector.is_empty() && config.dkim_domain.is_empty() => return Ok(None),
            (true, false) => {
                return Err("dkim_key_file is not set: the file with the private key that signs mails".to_owned());
            }
            (false, true) => return Err("dkim_key and dkim_key_file are both set: one key signs".to_owned()),
            (false, false) => (config.dkim_key.expose().to_owned(), "dkim_key"),
            (true, true) => {
                let file = &config.dkim_key_file;
                let pem = std::fs::read_to_string(file)
                    .map_err(|error| format!("dkim_key_file {} cannot be read: {error}", file.display()))?;
                (pem, "dkim_key_file")
            }
        };
        let of_sender = || from.map(|from| from.email.domain().to_owned());
        let domain = Some(config.dkim_domain.clone()).filter(|domain| !domain.is_empty());
        let domain = domain.or_else(of_sender).unwrap_or_default().to_ascii_lowercase();
        if !is_name(&domain) || !domain.contains('.') {
            return Err(format!(
                "dkim_domain is no domain that mails can be signed for: {domain:?}. It is that of mail_from, or one above it"
            ));
        }
        let selector = config.dkim_selector.to_ascii_lowercase();
        if selector.is_empty() {
            return Err("dkim_selector is not set: the name of the key, such as parlour2026".to_owned());
        }
        if !is_name(&selector) {
            return Err(format!(
                "dkim_selector is not of letters, digits and hyphens: {selector:?}"
            ));
        }
        let key = key(&pem).map_err(|fault| format!("{setting} {fault}"))?;
        Ok(Some(Signer { domain, selector, key }))
    }

    /// The domain that answers for the mails.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether receivers take the signature for one of the sender's (DMARC, RFC 7489 section 3.1.1, "relaxed" as nearly everybody has it).
    pub fn is_aligned(&self, from: &Mailbox) -> bool {
        let sender = from.email.domain().to_ascii_lowercase();
        sender == self.domain || sender.ends_with(&format!(".{}", self.domain))
    }

    /// The name of the record that has the public key.
    pub fn name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    pub fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Rsa(_) => "rsa",
            Key::Ed25519(_) => "ed25519",
        }
    }

    /// What the record says (section 3.6.1).
    pub fn record(&self) -> String {
        format!("v=DKIM1; k={}; p={}", self.algorithm(), self.key.public())
    }

    /// The record as a line of a zone's file: in strings of what one may hold.
    pub fn zone_line(&self) -> String {
        let record = self.record();
        // All of it is ASCII.
        let strings: Vec<String> = record
            .as_bytes()
            .chunks(TXT)
            .map(|part| format!("\"{}\"", String::from_utf8_lossy(part)))
            .collect();
        format!("{}. IN TXT ( {} )", self.name(), strings.join(" "))
    }

    /// The message with its signature in front.
    ///
    /// # Errors
    /// A sentence, where there is no signature.
    pub fn sign(&self, message: &[u8], at: DateTime<Utc>) -> Result<Vec<u8>, String> {
        let (head, body) = parts(message);
        let fields = fields(head);
        let mut names = Vec::new();
        let mut signed = Vec::new();
        for name in SIGNED {
            // A field that is there several times is taken from the last one on (section 5.4.2).
            for field in fields.iter().rev().filter(|field| is_called(field, name)) {
                signed.extend(relaxed_field(field));
                names.push(name);
            }
            if ONCE.contains(&name) {
                names.push(name);
            }
        }
        let mut hash = Sha256::new();
        hash.update(relaxed_body(body));
        let header = format!(
            "DKIM-Signature: v=1; a={}-sha256; c=relaxed/relaxed; d={};\r\n s={}; t={};\r\n h={};\r\n bh={};\r\n b=",
            self.algorithm(),
            self.domain,
            self.selector,
            at.timestamp(),
            folded(&names),
            STANDARD.encode(hash.finalize()),
        );
        let own = relaxed_field(header.as_bytes());
        // Its own field comes last, without a line's end.
        signed.extend(&own[..own.len() - 2]);
        let signature = STANDARD.encode(self.key.sign(&signed)?);
        let mut whole = header.into_bytes();
        for (place, line) in signature.as_bytes().chunks(LINE).enumerate() {
            if place > 0 {
                whole.extend(b"\r\n ");
            }
            whole.extend(line);
        }
        whole.extend(b"\r\n");
        whole.extend(message);
        Ok(whole)
    }
}

impl Key {
    fn public(&self) -> String {
        match self {
            Key::Rsa(pair) => {
                let der: Result<PublicKeyX509Der<'_>, _> = pair.public_key().as_der();
                der.map(|der| STANDARD.encode(der.as_ref())).unwrap_or_default()
            }
            Key::Ed25519(pair) => STANDARD.encode(pair.public_key().as_ref()),
        }
    }

    fn sign(&self, signed: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &signature::RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    signed,
                    &mut signature,
                )
                .map_err(|_| "the mail could not be signed".to_owned())?;
                Ok(signature)
            }
            // The hash is what is signed (RFC 8463 section 3).
            Key::Ed25519(pair) => Ok(pair.sign(&Sha256::digest(signed)).as_ref().to_vec()),
        }
    }
}

/// A private key, as `openssl genpkey` and `openssl genrsa` write it.
fn key(pem: &str) -> Result<Key, String> {
    const FORM: &str = "holds no private key as openssl writes it (-----BEGIN PRIVATE KEY-----)";
    // In the environment a line's end is often written as \n.
    let pem = pem.replace("\\n", "\n");
    let (_, rest) = pem.split_once("-----BEGIN ").ok_or(FORM)?;
    let (label, rest) = rest.split_once("-----").ok_or(FORM)?;
    let (coded, _) = rest.split_once("-----END ").ok_or(FORM)?;
    let coded: String = coded.chars().filter(|letter| !letter.is_whitespace()).collect();
    let der = STANDARD.decode(coded).map_err(|_| FORM)?;
    let rsa = match label {
        "PRIVATE KEY" => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
            Ok(pair) => return Ok(Key::Ed25519(Box::new(pair))),
            Err(_) => RsaKeyPair::from_pkcs8(&der),
        },
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der),
        "ENCRYPTED PRIVATE KEY" => return Err("is protected by a passphrase, which nobody is there to type".to_owned()),
        _ => return Err(FORM.to_owned()),
    };
    rsa.map(|pair| Key::Rsa(Box::new(pair)))
        .map_err(|_| "is neither an RSA key of 2048 to 8192 bits nor an Ed25519 key".to_owned())
}

/// Labels with dots between (RFC 1035 section 2.3.1, with digits in front).
fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// The list of signed fields, in lines that are not too long.
fn folded(names: &[&str]) -> String {
    names
        .chunks(5)
        .map(|some| some.join(":"))
        .collect::<Vec<_>>()
        .join(":\r\n  ")
}

/// Head (with the end of its last line) and body.
fn parts(message: &[u8]) -> (&[u8], &[u8]) {
    match message.windows(4).position(|four| four == b"\r\n\r\n") {
        Some(end) => (&message[..end + 2], &message[end + 4..]),
        None => (message, &[]),
    }
}

/// The fields of a head, each with its continuation lines.
fn fields(head: &[u8]) -> Vec<&[u8]> {
    let mut fields = Vec::new();
    let mut begin = 0;
    for (place, two) in head.windows(2).enumerate() {
        let goes_on = matches!(head.get(place + 2), Some(b' ' | b'\t'));
        if two == b"\r\n" && !goes_on {
            fields.push(&head[begin..place]);
            begin = place + 2;
        }
    }
    if begin < head.len() {
        fields.push(&head[begin..]);
    }
    fields
}

fn is_called(field: &[u8], name: &str) -> bool {
    let end = field.iter().position(|byte| *byte == b':').unwrap_or(0);
    field[..end].trim_ascii().eq_ignore_ascii_case(name.as_bytes())
}

/// Section 3.4.2.
fn relaxed_field(field: &[u8]) -> Vec<u8> {
    let end = field.iter().position(|byte| *byte == b':').unwrap_or(0);
    let mut relaxed = field[..end].trim_ascii().to_ascii_lowercase();
    relaxed.push(b':');
    let unfolded: Vec<u8> = field[end + 1..]
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    let value = single_spaced(&unfolded);
    relaxed.extend(value.strip_prefix(b" ").unwrap_or(&value));
    relaxed.extend(b"\r\n");
    relaxed
}

/// Section 3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    let mut empty = 0;
    let text = body.strip_suffix(b"\r\n").unwrap_or(body);
    for line in text.split(|byte| *byte == b'\n') {
        let line = single_spaced(line.strip_suffix(b"\r").unwrap_or(line));
        if line.is_empty() {
            empty += 1;
            continue;
        }
        for _ in 0..empty {
            relaxed.extend(b"\r\n");
        }
        empty = 0;
        relaxed.extend(line);
        relaxed.extend(b"\r\n");
    }
    relaxed
}

/// White space within a line as one space, and none at its end.
fn single_spaced(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut space = false;
    for byte in line {
        match byte {
            b' ' | b'\t' => space = true,
            _ => {
                if space {
                    out.push(b' ');
                }
                space = false;
                out.push(*byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;
    use aws_lc_rs::encoding::Pkcs8V1Der;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::UnparsedPublicKey;

    fn pem(der: &[u8]) -> String {
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der)
        )
    }

    fn rsa_pem() -> String {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        pem(der.as_ref())
    }

    fn ed25519_pem() -> String {
        pem(Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref())
    }

    fn config(key: &str) -> Config {
        let mut config = Config::defaults();
        config.dkim_key = Secret::new(key);
        "k1".clone_into(&mut config.dkim_selector);
        config
    }

    fn signer(key: &str) -> Signer {
        let from: Mailbox = "Talk <talk@example.org>".parse().unwrap();
        Signer::new(&config(key), Some(&from)).unwrap().unwrap()
    }

    #[test]
    fn white_space_is_made_one_as_the_standard_has_it() {
        // Section 3.4.5.
        let head = b"A: X\r\nB : Y\t\r\n\tZ  \r\n";
        let all: Vec<u8> = fields(head).into_iter().flat_map(relaxed_field).collect();
        assert_eq!(all, b"a:X\r\nb:Y Z\r\n");
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"no end"), b"no end\r\n");
        assert_eq!(relaxed_body(b"one\r\n\r\ntwo"), b"one\r\n\r\ntwo\r\n");
    }

    #[test]
    fn the_published_key_verifies_what_was_signed_and_nothing_else() {
        let message = b"From: talk@example.org\r\nSubject: =?utf-8?b?w6Q=?=\r\n =?utf-8?b?w7Y=?=\r\nX-Other: y\r\n\r\nHello  you\r\n";
        for key in [rsa_pem(), ed25519_pem()] {
            let signer = signer(&key);
            let signed = signer.sign(message, DateTime::UNIX_EPOCH).unwrap();
            assert!(signed.ends_with(message), "the mail is as it was");
            let head = parts(&signed).0;
            let own = fields(head)[0];
            let text = String::from_utf8(own.to_vec()).unwrap();
            assert!(text.lines().all(|line| line.len() <= 78), "{text}");
            let (unsigned, signature) = text.rsplit_once(" b=").unwrap();
            let signature: String = signature.split_whitespace().collect();
            let signature = STANDARD.decode(signature).unwrap();
            let own = relaxed_field(format!("{unsigned} b=").as_bytes());
            let mut expected = b"from:talk@example.org\r\nsubject:=?utf-8?b?w6Q=?= =?utf-8?b?w7Y=?=\r\n".to_vec();
            expected.extend(&own[..own.len() - 2]);

            let record = signer.record();
            let public = STANDARD.decode(record.split_once("p=").unwrap().1).unwrap();
            let verify = |what: &[u8]| match signer.algorithm() {
                "rsa" => {
                    UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, &public).verify(what, &signature)
                }
                _ => UnparsedPublicKey::new(&signature::ED25519, &public).verify(&Sha256::digest(what), &signature),
            };
            verify(&expected).unwrap();
            expected[5] = b'T';
            assert!(verify(&expected).is_err());
        }
    }

    #[test]
    fn a_long_record_is_in_strings_that_a_zone_may_have() {
        let long = signer(&rsa_pem());
        let line = long.zone_line();
        assert!(
            line.starts_with("k1._domainkey.example.org. IN TXT ( \"v=DKIM1; k=rsa; p="),
            "{line}"
        );
        let strings: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        assert!(
            strings.len() == 2 && strings.iter().all(|string| string.len() <= TXT),
            "{line}"
        );
        assert_eq!(strings.concat(), long.record());
        let short = signer(&ed25519_pem());
        assert!(short.record().starts_with("v=DKIM1; k=ed25519; p="));
        assert_eq!(
            STANDARD.decode(&short.record()[22..]).unwrap().len(),
            32,
            "RFC 8463 section 4"
        );
    }

    #[test]
    fn what_is_wrong_is_named_without_the_key() {
        let good = ed25519_pem();
        let from: Mailbox = "talk@example.org".parse().unwrap();
        let fault = |change: &dyn Fn(&mut Config)| {
            let mut config = config(&good);
            change(&mut config);
            Signer::new(&config, Some(&from)).unwrap_err()
        };
        let secret = good.lines().nth(1).unwrap().to_owned();
        for (change, setting) in [
            (
                &(|config: &mut Config| config.dkim_key = Secret::new("hunter2")) as &dyn Fn(&mut Config),
                "dkim_key ",
            ),
            (
                &|config: &mut Config| config.dkim_key = Secret::new(good.replace("PRIVATE", "ENCRYPTED PRIVATE")),
                "dkim_key is protected",
            ),
            (
                &|config: &mut Config| config.dkim_key = Secret::new(pem(b"hunter2")),
                "dkim_key is neither",
            ),
            (
                &|config: &mut Config| config.dkim_key = Secret::default(),
                "dkim_key_file is not set",
            ),
            (
                &|config: &mut Config| config.dkim_selector.clear(),
                "dkim_selector is not set",
            ),
            (
                &|config: &mut Config| "a b".clone_into(&mut config.dkim_selector),
                "dkim_selector is not of",
            ),
            (
                &|config: &mut Config| "x;d=evil.example".clone_into(&mut config.dkim_domain),
                "dkim_domain",
            ),
            (
                &|config: &mut Config| config.dkim_key_file = "/nowhere/key.pem".into(),
                "both set",
            ),
            (
                &|config: &mut Config| {
                    config.dkim_key = Secret::default();
                    config.dkim_key_file = "/nowhere/key.pem".into();
                },
                "dkim_key_file /nowhere/key.pem cannot be read",
            ),
        ] {
            let error = fault(change);
            assert!(error.contains(setting), "{error}");
            assert!(!error.contains(&secret) && !error.contains("hunter2"), "{error}");
        }
        assert!(Signer::new(&Config::defaults(), Some(&from)).unwrap().is_none());
        // As it is often written in the environment.
        assert_eq!(signer(&good.replace('\n', "\\n")).name(), "k1._domainkey.example.org");
        assert!(!format!("{:?}", signer(&good)).contains(&secret));
    }

    #[test]
    fn a_signature_for_another_domain_is_not_the_senders() {
        let signer = signer(&ed25519_pem());
        for (from, expected) in [
            ("talk@example.org", true),
            ("talk@mail.Example.org", true),
            ("talk@badexample.org", false),
            ("talk@org", false),
        ] {
            assert_eq!(signer.is_aligned(&from.parse().unwrap()), expected, "{from}");
        }
    }
}
