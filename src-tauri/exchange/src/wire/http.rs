//! The line over HTTP, with TLS where the address says so.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use yuanba_journal::Hash;

use super::{ANSWER_BYTES_MAX, CARD_PATH, EXCHANGE_PATH, HubCard, Line, LineError};

const CONNECT: Duration = Duration::from_secs(10);
/// A piece of 200 KB comes through a line of 2 KB a second within this.
const ANSWER: Duration = Duration::from_secs(180);
/// The card is a few hundred bytes, and a person waits for it.
const CARD: Duration = Duration::from_secs(20);
const CARD_BYTES_MAX: u64 = 16 * 1024;

/// A line that stays open between questions.
pub struct HttpLine {
    client: Client,
    url: String,
    shown: Arc<Shown>,
    begun: Option<Begun>,
}

/// A question that is on its way.
struct Begun {
    request: Vec<u8>,
    answer: JoinHandle<Result<Vec<u8>, LineError>>,
}

impl HttpLine {
    /// A line to a server's address; nothing is sent yet.
    ///
    /// # Errors
    /// `BadAddress`.
    pub fn new(url: &str) -> Result<HttpLine, LineError> {
        let url = url.trim().trim_end_matches('/').to_owned();
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(LineError::BadAddress);
        }
        let shown = Arc::new(Shown { last: Mutex::default(), provider: Arc::new(ring::default_provider()) });
        let tls = ClientConfig::builder_with_provider(shown.provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(no_connection)?
            .dangerous()
            .with_custom_certificate_verifier(shown.clone())
            .with_no_client_auth();
        let client = Client::builder()
            .use_preconfigured_tls(tls)
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("yuanba/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(no_connection)?;
        Ok(HttpLine { client, url, shown, begun: None })
    }
}

impl Line for HttpLine {
    fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, LineError> {
        // What was begun and is not asked after all is nobody's loss: it only would have read.
        match self.begun.take().filter(|begun| begun.request == request) {
            Some(begun) => begun.answer.join().unwrap_or_else(|_| Err(no_connection("broken off"))),
            None => post(&self.client, &self.url, request.to_vec()),
        }
    }

    fn begin(&mut self, request: &[u8]) {
        let (client, url, sent) = (self.client.clone(), self.url.clone(), request.to_vec());
        let thread = std::thread::Builder::new().name("ask ahead".into());
        // Without a thread it is asked when its turn comes.
        self.begun = thread
            .spawn(move || post(&client, &url, sent))
            .ok()
            .map(|answer| Begun { request: request.to_vec(), answer });
    }

    fn certificate(&self) -> Option<Hash> {
        *self.shown.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn post(client: &Client, url: &str, request: Vec<u8>) -> Result<Vec<u8>, LineError> {
    let sent = client
        .post(format!("{url}{EXCHANGE_PATH}"))
        .header("content-type", "application/octet-stream")
        .body(request)
        .send();
    body(sent.map_err(no_connection)?, ANSWER_BYTES_MAX)
}

/// Asks a server for its card. Only whoever has the card's key can have made it; whether that is the right server is for a
/// person to say, or for what the county has published.
///
/// # Errors
/// No connection, or no such server there.
pub fn ask_card(url: &str) -> Result<HubCard, LineError> {
    let line = HttpLine::new(url)?;
    let sent = line.client.get(format!("{}{CARD_PATH}", line.url)).timeout(CARD).send();
    let bytes = body(sent.map_err(no_connection)?, CARD_BYTES_MAX)?;
    let mut card: HubCard = serde_json::from_slice(&bytes).map_err(no_connection)?;
    card.url = line.url;
    card.verify().map_err(no_connection)?;
    Ok(card)
}

fn body(response: Response, most: u64) -> Result<Vec<u8>, LineError> {
    let status = response.status();
    if !status.is_success() {
        return Err(LineError::NotTaken(status.as_u16()));
    }
    let mut bytes = Vec::new();
    response.take(most + 1).read_to_end(&mut bytes).map_err(no_connection)?;
    if bytes.len() as u64 > most {
        return Err(no_connection("the answer has no end"));
    }
    Ok(bytes)
}

fn no_connection(error: impl std::fmt::Display) -> LineError {
    LineError::NoConnection(error.to_string())
}

/// Takes whatever certificate is shown, and remembers it. The server is known by its pinned key, with which it signs every
/// answer, the certificate that it really shows included; so neither authorities nor dates have a say, and a laptop whose
/// clock stands at 1970 can still learn the time.
#[derive(Debug)]
struct Shown {
    last: Mutex<Option<Hash>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Shown {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Hash::of(&[end_entity]));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
