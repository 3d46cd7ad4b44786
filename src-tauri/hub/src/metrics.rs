//! What is counted, as Prometheus reads it. No name, no id: numbers only.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use yuanba_exchange::wire::Refused;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered
    Exchanged,
    /// It was refused
    Refused(Refused),
    /// It was none
    NotARequest,
    /// The archive did not answer
    Failed,
}

/// Counters of one process.
pub struct Metrics {
    registry: Registry,
    requests: Family<Vec<(&'static str, &'static str)>, Counter>,
    /// New changes kept
    pub kept: Counter,
    /// Bytes of requests and of answers
    pub bytes_in: Counter,
    /// Bytes of answers
    pub bytes_out: Counter,
    /// Streams held
    pub streams: Gauge,
    /// Requests that are being answered
    pub open: Gauge,
    /// Seconds from the last byte of a request to its answer
    pub seconds: Histogram,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("yuanba_hub"),
            requests: Family::default(),
            kept: Counter::default(),
            bytes_in: Counter::default(),
            bytes_out: Counter::default(),
            streams: Gauge::default(),
            open: Gauge::default(),
            seconds: Histogram::new(exponential_buckets(0.001, 2.0, 14)),
        };
        let r = &mut metrics.registry;
        r.register("requests", "Requests by what became of them", metrics.requests.clone());
        r.register("changes_kept", "New changes kept", metrics.kept.clone());
        r.register_with_unit("received", "Bytes of requests", Unit::Bytes, metrics.bytes_in.clone());
        r.register_with_unit("sent", "Bytes of answers", Unit::Bytes, metrics.bytes_out.clone());
        r.register("streams", "Streams held", metrics.streams.clone());
        r.register("open_requests", "Requests that are being answered", metrics.open.clone());
        r.register_with_unit(
            "answer",
            "Time from a request to its answer",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// Counts a request.
    pub fn count(&self, outcome: Outcome) {
        let label = match outcome {
            Outcome::Exchanged => "exchanged",
            Outcome::Refused(refused) => refused.code(),
            Outcome::NotARequest => "not_a_request",
            Outcome::Failed => "failed",
        };
        self.requests.get_or_create(&vec![("outcome", label)]).inc();
    }

    /// Everything as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to memory does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
