//! Who may talk to the bridge.

use std::net::SocketAddr;

use anyhow::ensure;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses an address that other machines could reach.
///
/// # Errors
/// When `address` is not a loopback address.
pub fn loopback(address: SocketAddr) -> anyhow::Result<SocketAddr> {
    ensure!(address.ip().is_loopback(), "{address} is not on loopback: the bridge serves this machine only");
    Ok(address)
}

/// Lets through only what a page served from this very address asks. A name that somebody points at loopback fails by
/// its `Host`, another site in the same browser by its `Origin`.
pub async fn own_pages_only(request: Request, next: Next) -> Response {
    if trusted(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "only pages of this bridge, on this machine, are answered\n").into_response()
    }
}

fn trusted(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let Ok(address) = host.parse::<axum::http::uri::Authority>() else { return false };
    if !matches!(address.host(), "127.0.0.1" | "localhost" | "[::1]") {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok()).is_some_and(|origin| {
        origin.scheme_str() == Some("http") && origin.authority().is_some_and(|from| from == host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        trusted(&headers)
    }

    #[test]
    fn a_page_of_the_bridge_is_answered() {
        assert!(asked("127.0.0.1:7420", Some("http://127.0.0.1:7420")));
        assert!(asked("localhost:5173", Some("http://localhost:5173")));
        assert!(asked("127.0.0.1:7420", None));
    }

    #[test]
    fn a_name_that_points_at_this_machine_is_not() {
        assert!(!asked("village.example:7420", Some("http://village.example:7420")));
        assert!(!asked("127.0.0.1.example:7420", None));
    }

    #[test]
    fn another_site_in_the_same_browser_is_not() {
        for origin in ["http://example.org", "http://127.0.0.1:8080", "https://127.0.0.1:7420", "null"] {
            assert!(!asked("127.0.0.1:7420", Some(origin)), "{origin}");
        }
    }

    #[test]
    fn an_address_that_others_can_reach_is_refused() {
        assert!(loopback("127.0.0.1:0".parse().unwrap()).is_ok());
        assert!(loopback("0.0.0.0:7420".parse().unwrap()).is_err());
        assert!(loopback("192.168.1.2:7420".parse().unwrap()).is_err());
    }
}
