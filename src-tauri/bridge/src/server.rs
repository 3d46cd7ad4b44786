//! The bridge's routes, from the outermost check to the pages.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::post;
use axum::{Router, middleware};
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;
use yuanba_api::Api;

use crate::calls;
use crate::origin::own_pages_only;

/// A pasted table of a whole village is far below this; files are named by path and never sent.
const BODY_BYTES_MAX: usize = 16 << 20;
/// What the window allows its pages (`tauri.conf.json`), less the window's own channel.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What the bridge serves.
#[derive(Clone)]
pub struct Bridge {
    /// The commands.
    pub api: Arc<Api>,
    /// The folder of the built pages.
    pub pages: PathBuf,
}

/// The whole of the bridge as one service.
pub fn router(bridge: Bridge) -> Router {
    let first_page = ServeFile::new(bridge.pages.join("index.html"));
    let pages = ServeDir::new(&bridge.pages).fallback(first_page);
    Router::new()
        .route("/api/call/{command}", post(calls::call))
        .fallback_service(pages)
        .with_state(bridge)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(always(header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::CACHE_CONTROL, "no-store"))
        .layer(middleware::from_fn(own_pages_only))
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    struct Served {
        _folder: tempfile::TempDir,
        router: Router,
    }

    fn served() -> Served {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("pages");
        std::fs::create_dir(&pages).unwrap();
        std::fs::write(pages.join("index.html"), "<title>院坝</title>").unwrap();
        let bridge = Bridge { api: Arc::new(Api::new(&folder.path().join("store"))), pages };
        Served { _folder: folder, router: router(bridge) }
    }

    async fn asked(served: &Served, request: Request<Body>) -> (StatusCode, String) {
        let answer = served.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), BODY_BYTES_MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn calling(command: &str, host: &str, body: &'static str) -> Request<Body> {
        Request::post(format!("/api/call/{command}"))
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap()
    }

    #[tokio::test]
    async fn a_browser_gets_the_answers_that_the_window_gets() {
        let (status, body) = asked(&served(), calling("store.status", "127.0.0.1:7420", "{}")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["exists"], false);
    }

    #[tokio::test]
    async fn a_refusal_comes_as_an_error_with_its_sentence() {
        let (status, body) = asked(&served(), calling("no.such", "127.0.0.1:7420", "{}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_ne!(serde_json::from_str::<Value>(&body).unwrap()["error"]["message"], "");
    }

    #[tokio::test]
    async fn a_stranger_reaches_neither_commands_nor_pages() {
        let served = served();
        assert_eq!(
            asked(&served, calling("store.status", "village.example", "{}")).await.0,
            StatusCode::FORBIDDEN
        );
        let page = Request::get("/").header(header::HOST, "village.example").body(Body::empty()).unwrap();
        assert_eq!(asked(&served, page).await.0, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn a_form_of_another_site_cannot_pass_for_a_call() {
        let mut form = calling("store.status", "127.0.0.1:7420", "{}");
        form.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        assert_eq!(asked(&served(), form).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }

    #[tokio::test]
    async fn every_address_of_a_page_opens_the_pages() {
        for address in ["/", "/roster/0190"] {
            let page =
                Request::get(address).header(header::HOST, "localhost:7420").body(Body::empty()).unwrap();
            let (status, body) = asked(&served(), page).await;
            assert_eq!(status, StatusCode::OK);
            assert!(body.contains("院坝"));
        }
    }
}
