//! Sending the outbox by SMTP.
//!
//! A mail is marked as sent only after the mail server has taken it. If this process dies in between, the mail is sent
//! again later, with the same Message-ID, so that the recipient's side can tell.

use crate::settings::{MailServer, MailSettings, Protection};
use chrono::NaiveDateTime;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, MultiPartKind, SinglePart};
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport};
use records::mail::OutgoingMail;
use records::{Problem, Store};
use std::time::{Duration, Instant};

/// How long the mail server may think about one command.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one claim of mails is worked on. A claim holds for five minutes; what is left then is for the next.
const CLAIM_LASTS: Duration = Duration::from_mins(4);
/// How often it is tried to mark a mail as sent: otherwise it would be sent twice.
const TRIES_TO_MARK: u32 = 3;
/// Between those tries.
const PAUSE: Duration = Duration::from_millis(500);

/// Carries mails away.
pub trait Carrier {
    /// Hands over one mail. Returns when the other side has taken it.
    fn carry(&self, message: &Message) -> Result<(), NotCarried>;
}

/// Why a mail was not carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCarried {
    /// In words for an administrator.
    pub why: String,
    /// Whether the mail server answered at all; if it did not, the other mails need not be tried now.
    pub answered: bool,
}

/// The mail server of the settings.
#[derive(Debug)]
pub struct Post {
    transport: SmtpTransport,
    from: Mailbox,
}

/// What became of the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Mails that the mail server took.
    pub sent: usize,
    /// Mails that it did not take; they are tried again later, or given up after some tries.
    pub failed: usize,
}

impl Post {
    /// Makes ready to speak to the mail server; does not speak yet.
    pub fn new(settings: &MailSettings) -> Result<Self, String> {
        let MailServer { protection, host, port, credentials } = &settings.server;
        let mut transport = SmtpTransport::builder_dangerous(host)
            .port(*port)
            .timeout(Some(PATIENCE))
            .tls(tls(*protection, settings)?);
        if let Some(credentials) = credentials {
            transport = transport.credentials(credentials.clone());
        }
        Ok(Self { transport: transport.build(), from: settings.from.clone() })
    }

    /// The sender of every mail.
    pub fn from(&self) -> &Mailbox {
        &self.from
    }

    /// Whether the mail server can be spoken to, as the settings say: encryption and account included.
    pub fn answers(&self) -> Result<(), String> {
        match self.transport.test_connection() {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server closed the connection".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn tls(protection: Protection, settings: &MailSettings) -> Result<Tls, String> {
    let mut parameters = TlsParameters::builder(settings.server.host.clone());
    if let Some(authority) = &settings.authority {
        parameters = parameters.add_root_certificate(authority.clone());
    }
    let parameters = || parameters.build_rustls().map_err(|error| error.to_string());
    Ok(match protection {
        Protection::StartTls => Tls::Required(parameters()?),
        Protection::Tls => Tls::Wrapper(parameters()?),
        Protection::Plain => Tls::None,
    })
}

impl Carrier for Post {
    fn carry(&self, message: &Message) -> Result<(), NotCarried> {
        self.transport
            .send(message)
            .map(drop)
            .map_err(|error| NotCarried { why: error.to_string(), answered: error.status().is_some() })
    }
}

/// Writes a mail as it goes over the wire.
pub fn message(mail: &OutgoingMail, from: &Mailbox) -> Result<Message, String> {
    let recipient: Address = mail
        .recipient_email
        .parse()
        .map_err(|_| "the recipient’s address is not one that mail can be sent to".to_owned())?;
    let date = std::time::SystemTime::from(mail.created_at.and_utc());
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, recipient))
        .subject(mail.subject.clone())
        .date(date)
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        // So that no holiday notice answers it.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(
            // The same words each time it is sent: with the mail's key between its parts, not with something drawn by lot.
            MultiPart::builder()
                .kind(MultiPartKind::Alternative)
                .boundary(mail.id.as_str())
                .singlepart(SinglePart::plain(mail.body.clone()))
                .singlepart(SinglePart::html(mail.html.clone())),
        )
        .map_err(|error| error.to_string())
}

/// Sends what is due in the outbox, until nothing is, the mail server does not answer, or `goes_on`,
/// which is told how far it has come, says no.
pub fn deliver_once<C: Carrier>(
    store: &Store,
    carrier: &C,
    from: &Mailbox,
    now: NaiveDateTime,
    goes_on: impl Fn(&Summary) -> bool,
) -> Result<Summary, Problem> {
    let mut round =
        Round { store, carrier, from, now, began: Instant::now(), goes_on, summary: Summary::default() };
    loop {
        let mails = records::mail::claim(store, round.now())?;
        if mails.is_empty() || !round.send(&mails)? {
            return Ok(round.summary);
        }
    }
}

/// One walk through the outbox.
struct Round<'a, C, G> {
    store: &'a Store,
    carrier: &'a C,
    from: &'a Mailbox,
    /// When the walk began, by the clock and by a watch that nobody sets.
    now: NaiveDateTime,
    began: Instant,
    goes_on: G,
    summary: Summary,
}

impl<C: Carrier, G: Fn(&Summary) -> bool> Round<'_, C, G> {
    /// Now: a walk may take long, and a claim runs out.
    fn now(&self) -> NaiveDateTime {
        self.now + self.began.elapsed()
    }

    /// Sends the mails of one claim. Returns whether to claim more.
    fn send(&mut self, mails: &[OutgoingMail]) -> Result<bool, Problem> {
        let started = Instant::now();
        // Once the mail server has not answered, waiting for it again with each mail would outlast the claim.
        let mut silence: Option<String> = None;
        for mail in mails {
            if !(self.goes_on)(&self.summary) || started.elapsed() > CLAIM_LASTS {
                return Ok(false);
            }
            let outcome = match &silence {
                Some(why) => Err(NotCarried { why: why.clone(), answered: false }),
                None => self.hand_over(mail),
            };
            match outcome {
                Ok(()) => self.mark_sent(mail)?,
                Err(refusal) => {
                    self.mark_failed(mail, &refusal.why)?;
                    silence = Some(refusal.why).filter(|_| !refusal.answered);
                }
            }
        }
        Ok(silence.is_none())
    }

    fn hand_over(&self, mail: &OutgoingMail) -> Result<(), NotCarried> {
        let message = message(mail, self.from).map_err(|why| NotCarried { why, answered: true })?;
        self.carrier.carry(&message)
    }

    fn mark_sent(&mut self, mail: &OutgoingMail) -> Result<(), Problem> {
        self.summary.sent += 1;
        for _ in 1..TRIES_TO_MARK {
            match records::mail::sent(self.store, &mail.id, self.now()) {
                Err(Problem::Unavailable(why)) => {
                    tracing::warn!(mail = %mail.id, why, "a mail was sent and could not be marked; trying again");
                    std::thread::sleep(PAUSE);
                }
                outcome => return outcome,
            }
        }
        records::mail::sent(self.store, &mail.id, self.now())
    }

    fn mark_failed(&mut self, mail: &OutgoingMail, why: &str) -> Result<(), Problem> {
        tracing::warn!(mail = %mail.id, why, "a mail was not sent");
        self.summary.failed += 1;
        records::mail::failed(self.store, &mail.id, why, self.now())
    }
}
