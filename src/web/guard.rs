//! What happens to every request: an id, rate limits, the cross-site check, security headers, error pages, one log line.
//!
//! The log line carries the route's pattern, never the path: paths hold codes and tokens.

use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use actix_web::Error as ActixError;
use actix_web::HttpMessage;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::http::header::HeaderMap;
use actix_web::http::header::HeaderName;
use actix_web::http::header::HeaderValue;
use actix_web::middleware::Next;
use actix_web::web::Data;
use governor::DefaultKeyedRateLimiter;
use governor::Quota;
use governor::RateLimiter;

use crate::app::App;
use crate::config::Web;
use crate::web::error::Failure;
use crate::web::extract::RequestId;
use crate::web::extract::Visitor;

/// When to come again after a refusal that is about the moment, seconds.
const RETRY_AFTER_S: &str = "5";

/// Path prefixes where guessing pays.
const GUESSABLE: [&str; 5] = ["/enter/", "/sign-in", "/sign/code", "/v/", "/api/v1/verify/"];

/// Rate limits by address, shared by all workers.
#[derive(Clone)]
pub struct Limits {
    all: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    guesses: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    trusted_proxies: Arc<Vec<IpAddr>>,
}

impl Limits {
    /// From the configuration.
    pub fn new(config: &Web) -> Self {
        let limiter = |per_minute| {
            let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
            Arc::new(RateLimiter::keyed(quota))
        };
        Self {
            all: limiter(config.requests_per_minute),
            guesses: limiter(config.guesses_per_minute),
            trusted_proxies: Arc::new(config.trusted_proxies.clone()),
        }
    }

    /// The address a request comes from: the peer, or what the nearest trusted proxies say, read from the right.
    fn address(&self, request: &ServiceRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip();
        if !self.trusted_proxies.contains(&peer) {
            return Some(peer);
        }
        let forwarded = request
            .headers()
            .get_all("x-forwarded-for")
            .filter_map(|v| v.to_str().ok());
        let hops: Vec<IpAddr> = forwarded
            .flat_map(|line| line.split(','))
            .filter_map(|hop| hop.trim().parse().ok())
            .collect();
        hops.into_iter()
            .rev()
            .find(|hop| !self.trusted_proxies.contains(hop))
            .or(Some(peer))
    }

    fn allow(&self, request: &ServiceRequest) -> bool {
        let Some(address) = self.address(request).map(subscriber) else {
            return true;
        };
        let path = request.path();
        if path.starts_with("/tile/") || path.starts_with("/assets/") || path == "/healthz" {
            return true;
        }
        let guess = GUESSABLE.iter().any(|prefix| path.starts_with(prefix));
        self.all.check_key(&address).is_ok() && (!guess || self.guesses.check_key(&address).is_ok())
    }

    /// Forgets addresses that have been quiet. Run every few minutes.
    pub fn sweep(&self) {
        self.all.retain_recent();
        self.guesses.retain_recent();
    }
}

/// The part of an address that one subscriber cannot choose: an IPv6 customer has a whole /64 to vary (RFC 6177).
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        },
    }
}

/// The middleware around every route.
pub async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let started = Instant::now();
    let id = RequestId(crate::app::random::<8>().map(hex::encode).unwrap_or_default());
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    if method == Method::HEAD {
        // Routed as GET; the protocol's encoder leaves the body out (RFC 9110, 9.3.2).
        request.head_mut().method = Method::GET;
    }
    let mut response = match admit(&request) {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(failure) => request.error_response(failure),
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        response = explain(response).await;
    }
    let secure = response
        .request()
        .app_data::<Data<App>>()
        .is_some_and(|a| a.config().web.public_url.starts_with("https://"));
    if matches!(
        response.status(),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
    ) {
        let wait = HeaderValue::from_static(RETRY_AFTER_S);
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    set_headers(response.headers_mut(), &id, secure);
    tracing::info!(
        request_id = %id.0,
        %method,
        route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned()),
        status = response.status().as_u16(),
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    Ok(response)
}

fn admit(request: &ServiceRequest) -> Result<(), Failure> {
    if let Some(limits) = request.app_data::<Data<Limits>>()
        && !limits.allow(request)
    {
        return Err(Failure::too_many());
    }
    check_same_site(request)
}

/// Refuses a changing request that a page of another site made the browser send. Browsers send `Sec-Fetch-Site` or at least
/// `Origin` with it; a client that sends neither is no browser and carries nobody's cookie by accident.
fn check_same_site(request: &ServiceRequest) -> Result<(), Failure> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or("?"))
    };
    if let Some(site) = header("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") {
            Ok(())
        } else {
            Err(Failure::cross_site())
        };
    }
    let Some(origin) = header("origin") else {
        return Ok(());
    };
    let host = header("host").unwrap_or_default();
    let public = request
        .app_data::<Data<App>>()
        .is_some_and(|app| app.config().web.public_url == origin);
    let same_host = origin
        .split_once("://")
        .is_some_and(|(_, of_origin)| of_origin == host);
    if public || same_host {
        Ok(())
    } else {
        Err(Failure::cross_site())
    }
}

/// Puts a page (or JSON) where a handler left only a status.
async fn explain(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let failure = response.response().error().and_then(|e| e.as_error::<Failure>());
    if failure.is_none() && response.response().error().is_none() {
        return response;
    }
    let status = response.status();
    let (problem, closed, cause) = match failure {
        Some(failure) => (failure.problem.clone(), failure.closed, failure.cause.clone()),
        None => (
            None,
            false,
            response
                .response()
                .error()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
    };
    if status.is_server_error() {
        tracing::error!(cause, "a request failed");
    }
    let request = response.request().clone();
    let body = if request.path().starts_with("/api/") {
        let error = problem.as_ref().map_or_else(
            || status.canonical_reason().unwrap_or("error").to_owned(),
            |p| p.key.to_owned(),
        );
        HttpResponse::build(status).json(serde_json::json!({ "error": error }))
    } else {
        Visitor::error_page(&request, status, problem.as_ref(), closed).await
    };
    ServiceResponse::new(request, body)
}

fn set_headers(headers: &mut HeaderMap, id: &RequestId, secure: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    );
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    );
    set(header::CACHE_CONTROL, "no-store");
    if !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        headers.insert(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        );
    }
    if secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_more_tries_by_varying_an_ipv6_address() {
        let of = |text: &str| subscriber(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
