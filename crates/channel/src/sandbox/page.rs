//! The page that a phone opens from the code: payee, amount, pay or cancel. Plain HTML forms without a script, so
//! that every browser and every test can use it. A press answers by redirect, so that reloading never pays.

use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, Form, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::book::{Paying, TradeRow, TradeState};
use super::words::{Language, Words};
use super::{Mode, Sandbox, seal};

const STYLE: &str = "\
body{margin:0;background:#f2f4f7;color:#14202e;font:17px/1.5 system-ui,sans-serif}\
main{max-width:26rem;margin:0 auto;padding:1.5rem 1rem}\
.card{background:#fff;border:1px solid #d5dbe3;border-radius:12px;padding:1.5rem 1.25rem}\
.note{margin:0 0 1rem;padding:.5rem .75rem;border-radius:8px;background:#fff4d6;font-size:15px}\
h1{margin:0 0 .25rem;font-size:1.25rem}\
.amount{margin:.5rem 0 1rem;font-size:2.5rem;font-weight:700;font-variant-numeric:tabular-nums}\
dl{margin:0 0 1.25rem}dt{color:#5a6776;font-size:15px}dd{margin:0 0 .5rem;overflow-wrap:anywhere}\
button{display:block;width:100%;min-height:3.25rem;margin-top:.75rem;border-radius:10px;font:inherit;font-weight:600}\
.pay{border:0;background:#0b7a4b;color:#fff}.decline{border:1px solid #8b97a5;background:#fff;color:#14202e}";

const SECURITY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

pub(super) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/pay/{token}", get(show).post(press))
        .layer(DefaultBodyLimit::max(1024))
        .with_state(sandbox)
}

/// What a phone would see one by one: for whoever tries the sandbox without a phone. Only on this machine, because
/// whoever sees a link can pay it.
async fn list(State(sandbox): State<Sandbox>, headers: HeaderMap) -> Response {
    let words = language(&headers).words();
    if sandbox.inner.config.allow_beyond_loopback {
        return message(StatusCode::NOT_FOUND, words, words.not_found, words.not_found_more);
    }
    match sandbox.inner.book.payable(sandbox.now(), 20).await {
        Ok(trades) if trades.is_empty() => message(StatusCode::OK, words, words.title, words.none_waiting),
        Ok(trades) => {
            let links = trades.iter().map(|trade| {
                let (token, subject) = (escape(&trade.token), escape(&trade.subject));
                format!("<p><a href=\"pay/{token}\">{} · {subject}</a></p>", trade.amount)
            });
            page(StatusCode::OK, words, &format!("<h1>{}</h1>{}", words.title, links.collect::<String>()))
        }
        Err(error) => failed(&sandbox, words, &error),
    }
}

async fn show(
    State(sandbox): State<Sandbox>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let words = language(&headers).words();
    if sandbox.inner.config.mode == Mode::AlipayLike
        && let Err(error) = sandbox.inner.book.scanned(&token, sandbox.now()).await
    {
        return failed(&sandbox, words, &error);
    }
    match sandbox.inner.book.by_token(&token, sandbox.now()).await {
        Ok(Some(trade)) => {
            let declined = query.as_deref() == Some("declined");
            page(StatusCode::OK, words, &trade_body(&sandbox, words, &trade, declined, language(&headers)))
        }
        Ok(None) => message(StatusCode::NOT_FOUND, words, words.not_found, words.not_found_more),
        Err(error) => failed(&sandbox, words, &error),
    }
}

#[derive(Deserialize)]
struct Press {
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Pay,
    Decline,
}

async fn press(
    State(sandbox): State<Sandbox>,
    Path(token): Path<String>,
    headers: HeaderMap,
    form: Result<Form<Press>, FormRejection>,
) -> Response {
    let words = language(&headers).words();
    let Ok(Form(Press { action })) = form else {
        return message(StatusCode::BAD_REQUEST, words, words.bad_form, words.bad_form_more);
    };
    // Back to this very page: relative, so that it holds wherever the router is mounted.
    match action {
        Action::Decline => Redirect::to("?declined").into_response(),
        Action::Pay => {
            // In a task of its own: a phone that hangs up in the middle changes nothing.
            let paying = tokio::spawn({
                let sandbox = sandbox.clone();
                async move { sandbox.pay(&token).await }
            });
            match paying.await {
                Ok(Ok(Paying::Paid | Paying::Unchanged)) => Redirect::to("?").into_response(),
                Ok(Ok(Paying::NotFound)) => {
                    message(StatusCode::NOT_FOUND, words, words.not_found, words.not_found_more)
                }
                Ok(Err(error)) => failed(&sandbox, words, &error),
                Err(error) => failed(&sandbox, words, &error),
            }
        }
    }
}

fn language(headers: &HeaderMap) -> Language {
    let wish = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::preferred(wish.unwrap_or_default())
}

fn trade_body(
    sandbox: &Sandbox,
    words: &Words,
    trade: &TradeRow,
    declined: bool,
    language: Language,
) -> String {
    let payee = match language {
        Language::Chinese => &sandbox.inner.config.payee_zh,
        Language::English => &sandbox.inner.config.payee_en,
    };
    let mut asked = trade.amount;
    let mut facts = vec![(words.payee, payee.clone()), (words.subject, trade.subject.clone())];
    let (heading, rest) = match &trade.state {
        TradeState::Pending => {
            let note =
                if declined { format!("<p role=\"status\">{}</p>", words.declined) } else { String::new() };
            let buttons = format!(
                "{note}<form method=\"post\">\
                 <button class=\"pay\" name=\"action\" value=\"pay\">{} {}</button>\
                 <button class=\"decline\" name=\"action\" value=\"decline\">{}</button></form>",
                words.pay, trade.amount, words.decline
            );
            (words.title, buttons)
        }
        TradeState::Paid { transaction, at, amount } => {
            asked = *amount;
            let time = at.to_zoned_datetime(seal::beijing()).strftime("%Y-%m-%d %H:%M:%S").to_string();
            facts.extend([(words.number, transaction.clone()), (words.paid_at, time)]);
            (words.paid, format!("<p role=\"status\">{}</p>", words.paid_more))
        }
        TradeState::Closed => (words.closed, format!("<p role=\"status\">{}</p>", words.dead_more)),
        TradeState::Expired => (words.expired, format!("<p role=\"status\">{}</p>", words.dead_more)),
    };
    let facts: String =
        facts.iter().map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escape(value))).collect();
    format!("<h1>{heading}</h1><p class=\"amount\">{}</p><dl>{facts}</dl>{rest}", asked)
}

fn message(status: StatusCode, words: &Words, heading: &str, more: &str) -> Response {
    page(status, words, &format!("<h1>{heading}</h1><p role=\"status\">{more}</p>"))
}

fn failed(sandbox: &Sandbox, words: &Words, error: &dyn std::fmt::Display) -> Response {
    tracing::error!(channel = sandbox.inner.config.id, %error, "the sandbox's book fails");
    message(StatusCode::INTERNAL_SERVER_ERROR, words, words.failed, words.failed_more)
}

/// The frame around `body`, which is HTML already.
fn page(status: StatusCode, words: &Words, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{}</title>\
         <style>{STYLE}</style></head><body><main><p class=\"note\">{}</p>\
         <section class=\"card\">{body}</section></main></body></html>",
        words.tag, words.title, words.sandbox
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, SECURITY),
    ];
    (status, headers, html).into_response()
}

/// Makes a text harmless in HTML, between tags and in quoted attributes.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_be_markup() {
        assert_eq!(escape("<a href='x'>\"&"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
        assert_eq!(escape("电费 2026-08"), "电费 2026-08");
    }
}
