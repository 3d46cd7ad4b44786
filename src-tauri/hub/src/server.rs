//! The line: HTTP, its limits, and what administrators look at.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use yuanba_exchange::wire::HubCard;

use crate::archive::{Archive, ArchiveError};
use crate::hub::{Hub, HubError};
use crate::metrics::{Metrics, Outcome};

/// The longest request, in bytes: a piece is some 200 KB, a stream of another laptop that is never cut may be longer.
pub const REQUEST_BYTES_MAX: usize = 32 << 20;
/// Bytes of requests that are in memory at once; whoever comes later waits.
const ROOM_BYTES: usize = 96 << 20;
/// What a request of unknown length takes of it.
const ROOM_GRAIN: usize = 64 * 1024;
/// A whole request has come within this, however slow the line.
const BODY: Duration = Duration::from_secs(180);
/// How long a request waits for its turn.
const TURN: Duration = Duration::from_secs(60);

#[derive(OpenApi)]
#[openapi(info(
    title = "Yuanba hub",
    description = "The county's server. Requests and answers of /v1/exchange are signed and sealed containers; see the exchange crate."
))]
struct Api;

/// What every request is served with.
struct Served {
    hub: Arc<dyn Desk>,
    /// In grains
    room: Semaphore,
    turns: Semaphore,
}

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A hub, whatever its archive.
trait Desk: Send + Sync {
    fn answer(self: Arc<Self>, request: Bytes) -> Later<Result<Vec<u8>, HubError>>;
    fn refresh(self: Arc<Self>) -> Later<Result<(), ArchiveError>>;
    fn card(&self) -> HubCard;
    fn metrics(&self) -> Arc<Metrics>;
}

impl<A: Archive> Desk for Hub<A> {
    fn answer(self: Arc<Self>, request: Bytes) -> Later<Result<Vec<u8>, HubError>> {
        Box::pin(async move { Hub::answer(&self, &request).await })
    }

    fn refresh(self: Arc<Self>) -> Later<Result<(), ArchiveError>> {
        Box::pin(async move { Hub::refresh(&self).await })
    }

    fn card(&self) -> HubCard {
        Hub::card(self, String::new())
    }

    fn metrics(&self) -> Arc<Metrics> {
        self.metrics.clone()
    }
}

/// The routes of a hub; `at_once` requests are worked on at the same time.
pub fn router<A: Archive>(hub: Arc<Hub<A>>, at_once: usize) -> axum::Router {
    let served = Arc::new(Served {
        hub,
        room: Semaphore::new(ROOM_BYTES / ROOM_GRAIN),
        turns: Semaphore::new(at_once),
    });
    let (router, described) = OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(exchange))
        .routes(routes!(card))
        .routes(routes!(healthz))
        .routes(routes!(metrics))
        .with_state(served)
        .split_for_parts();
    let described = Bytes::from(described.to_json().unwrap_or_default());
    router.route(
        "/openapi.json",
        axum::routing::get(move || async move { ([(header::CONTENT_TYPE, "application/json")], described) }),
    )
}

/// Why there is no answer.
#[derive(Debug, Serialize, ToSchema)]
struct Trouble {
    /// For programs
    code: &'static str,
}

fn trouble(status: StatusCode, code: &'static str) -> Response {
    (status, Json(Trouble { code })).into_response()
}

/// Exchanges changes: a sealed request, a sealed answer.
#[utoipa::path(post, path = "/v1/exchange",
    request_body(content_type = "application/octet-stream", description = "A container sealed for this server"),
    responses(
        (status = 200, description = "A container sealed for whoever asked, also when the request was refused", content_type = "application/octet-stream"),
        (status = 400, description = "Not a request to this server, or a damaged one", body = Trouble),
        (status = 408, description = "It did not come in time", body = Trouble),
        (status = 413, description = "Too long", body = Trouble),
        (status = 422, description = "Of a newer format", body = Trouble),
        (status = 503, description = "Too much to do, or the archive does not answer: later", body = Trouble)))]
async fn exchange(State(served): State<Arc<Served>>, headers: HeaderMap, body: Body) -> Response {
    let said = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok())
        .unwrap_or(REQUEST_BYTES_MAX);
    if said > REQUEST_BYTES_MAX {
        return trouble(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    }
    let busy = || trouble(StatusCode::SERVICE_UNAVAILABLE, "busy");
    let grains = said.div_ceil(ROOM_GRAIN).max(1) as u32;
    let Ok(Ok(_room)) = tokio::time::timeout(TURN, served.room.acquire_many(grains)).await else {
        return busy();
    };
    let request = match tokio::time::timeout(BODY, axum::body::to_bytes(body, said)).await {
        Ok(Ok(request)) => request,
        Ok(Err(_)) => return trouble(StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        Err(_) => return trouble(StatusCode::REQUEST_TIMEOUT, "too_slow"),
    };
    let Ok(Ok(_turn)) = tokio::time::timeout(TURN, served.turns.acquire()).await else { return busy() };
    let metrics = served.hub.metrics();
    metrics.bytes_in.inc_by(request.len() as u64);
    metrics.open.inc();
    let began = Instant::now();
    let hub = served.hub.clone();
    // Unpacking and checking keep a thread busy: they must not keep the line's threads busy. What was begun is also ended
    // when the other side hangs up: it may be kept already.
    let worked = tokio::spawn(async move { hub.answer(request).await }).await;
    metrics.open.dec();
    metrics.seconds.observe(began.elapsed().as_secs_f64());
    match worked {
        Ok(Ok(answer)) => {
            metrics.bytes_out.inc_by(answer.len() as u64);
            ([(header::CONTENT_TYPE, "application/octet-stream")], answer).into_response()
        }
        Ok(Err(HubError::NotARequest)) => {
            metrics.count(Outcome::NotARequest);
            trouble(StatusCode::BAD_REQUEST, "not_a_request")
        }
        Ok(Err(HubError::Newer)) => {
            metrics.count(Outcome::NotARequest);
            trouble(StatusCode::UNPROCESSABLE_ENTITY, "newer_format")
        }
        Ok(Err(HubError::Archive(_))) | Err(_) => trouble(StatusCode::SERVICE_UNAVAILABLE, "archive_away"),
    }
}

/// The server's keys, for laptops to pin.
#[derive(Debug, Serialize, ToSchema)]
struct Card {
    /// Ed25519, 64 hexadecimal digits
    key: String,
    /// age, X25519
    recipient: String,
    /// By the key, over the recipient
    signature: String,
    /// What people compare
    fingerprint: String,
    /// Empty: the address is what was asked
    url: String,
}

/// The server's keys.
#[utoipa::path(get, path = "/v1/hub", responses((status = 200, body = Card)))]
async fn card(State(served): State<Arc<Served>>) -> Json<Card> {
    let card = served.hub.card();
    let fingerprint = card.fingerprint().to_string();
    Json(Card {
        key: card.key,
        recipient: card.recipient,
        signature: card.signature,
        fingerprint,
        url: card.url,
    })
}

/// Whether the archive answers.
#[utoipa::path(get, path = "/healthz", responses(
    (status = 200, description = "It does", content_type = "text/plain", body = String),
    (status = 503, description = "It does not", body = Trouble)))]
async fn healthz(State(served): State<Arc<Served>>) -> Response {
    match tokio::time::timeout(Duration::from_secs(5), served.hub.clone().refresh()).await {
        Ok(Ok(())) => "ok".into_response(),
        _ => trouble(StatusCode::SERVICE_UNAVAILABLE, "archive_away"),
    }
}

/// Counters, as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", responses((status = 200, content_type = "text/plain", body = String)))]
async fn metrics(State(served): State<Arc<Served>>) -> Response {
    const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, TEXT)], served.hub.metrics().text()).into_response()
}
