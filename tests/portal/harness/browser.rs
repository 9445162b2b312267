//! A browser without a screen: keeps cookies, never follows a redirect unasked, reads pages as text. Absent: scripts.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::harness::PUBLIC_URL;

/// Nobody waits longer for an answer.
const ANSWER_WAIT_MAX: Duration = Duration::from_mins(1);

/// One person's browser.
#[derive(Clone)]
pub(crate) struct Browser {
    url: String,
    agent: ureq::Agent,
    cookies: BTreeMap<String, String>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// What was asked, for messages.
    pub(crate) asked: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// Headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) bytes: Vec<u8>,
}

impl Browser {
    pub(crate) fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER_WAIT_MAX))
            .build();
        Self {
            url: url.to_owned(),
            agent: config.into(),
            cookies: BTreeMap::new(),
        }
    }

    /// Keeps a cookie.
    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Opens a path, or an address from a mail.
    pub(crate) fn get(&mut self, path: &str) -> Page {
        self.try_get(path).unwrap()
    }

    /// The same, where nobody may answer.
    pub(crate) fn try_get(&mut self, path: &str) -> Result<Page, ureq::Error> {
        let request = self.agent.get(self.address(path));
        let response = request.header("cookie", self.cookie_line()).call()?;
        self.take(path, response)
    }

    /// Sends a form as a browser on this site does.
    pub(crate) fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        self.try_post(path, form).unwrap()
    }

    /// The same, where nobody may answer.
    pub(crate) fn try_post(&mut self, path: &str, form: &[(&str, &str)]) -> Result<Page, ureq::Error> {
        let request = self
            .agent
            .post(self.address(path))
            .header("cookie", self.cookie_line())
            .header("sec-fetch-site", "same-origin");
        let response = request.send_form(form.iter().copied())?;
        self.take(path, response)
    }

    /// Sends any body with any headers.
    pub(crate) fn send(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Page {
        let mut request = self
            .agent
            .post(self.address(path))
            .header("cookie", self.cookie_line());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send(body);
        self.take(path, response.unwrap()).unwrap()
    }

    /// Sends a form with a file.
    pub(crate) fn upload(
        &mut self,
        path: &str,
        field: &str,
        file: (&str, &[u8]),
        others: &[(&str, &str)],
    ) -> Page {
        const LINE: &str = "ikrar-test-boundary";
        let mut body = Vec::new();
        for (name, value) in others {
            body.extend_from_slice(
                format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        let head = format!(
            "--{LINE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            file.0
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file.1);
        body.extend_from_slice(format!("\r\n--{LINE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={LINE}");
        self.send(
            path,
            &[("content-type", &kind), ("sec-fetch-site", "same-origin")],
            &body,
        )
    }

    /// Goes where a redirect points.
    pub(crate) fn follow(&mut self, page: &Page) -> Page {
        let to = page.location().to_owned();
        self.get(&to)
    }

    fn address(&self, path: &str) -> String {
        let path = path.strip_prefix(PUBLIC_URL).unwrap_or(path);
        let path = path.split('#').next().unwrap_or(path);
        assert!(path.starts_with('/'), "{path} is not an address of this portal");
        format!("{}{path}", self.url)
    }

    fn cookie_line(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn take(
        &mut self,
        asked: &str,
        mut response: ureq::http::Response<ureq::Body>,
    ) -> Result<Page, ureq::Error> {
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        for (_, line) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        Ok(Page {
            asked: asked.to_owned(),
            status: response.status().as_u16(),
            headers,
            bytes: response.body_mut().with_config().limit(64 << 20).read_to_vec()?,
        })
    }
}

impl Page {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Fails unless the status is this.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}\n{}", self.asked, self.text());
        self
    }

    /// Fails unless the page was made.
    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        self.is(200)
    }

    /// Fails unless the page holds these words, markup and entities aside.
    #[track_caller]
    pub(crate) fn sees(&self, words: &str) -> &Self {
        let text = self.words();
        assert!(
            text.contains(words),
            "{:?} is not on {}:\n{text}",
            words,
            self.asked
        );
        self
    }

    /// Fails if the page holds these words anywhere, in its source too.
    #[track_caller]
    pub(crate) fn lacks(&self, words: &str) -> &Self {
        assert!(
            !self.text().contains(words) && !self.words().contains(words),
            "{:?} is on {}",
            words,
            self.asked
        );
        self
    }

    /// Fails unless this is a redirect to that path.
    #[track_caller]
    pub(crate) fn goes_to(&self, path: &str) -> &Self {
        self.is(303);
        assert_eq!(self.location(), path, "{}", self.asked);
        self
    }

    /// Where a redirect points.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        self.header("location")
            .unwrap_or_else(|| panic!("{} is no redirect: {}", self.asked, self.status))
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of an input by its name.
    #[track_caller]
    pub(crate) fn input(&self, name: &str) -> String {
        self.attribute(&format!("name=\"{name}\""), "value")
    }

    /// An attribute of the first tag that holds a piece of text, as in `attribute("data-sign", "data-label")`.
    #[track_caller]
    pub(crate) fn attribute(&self, of: &str, name: &str) -> String {
        let html = self.text();
        let tag = html
            .split('<')
            .skip(1)
            .filter_map(|tag| tag.split('>').next())
            .find(|tag| tag.contains(of))
            .unwrap_or_else(|| panic!("no tag with {of} on {}", self.asked));
        let mark = format!("{name}=\"");
        let value = tag
            .split_once(&mark)
            .and_then(|(_, rest)| rest.split('"').next())
            .unwrap_or_else(|| panic!("no {name} in <{tag}> on {}", self.asked));
        unescape(value)
    }

    /// What a reader reads: no markup, white space folded.
    pub(crate) fn words(&self) -> String {
        let html = self.text();
        let mut text = String::new();
        for piece in html.split('<') {
            text.push(' ');
            text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        unescape(&words.join(" "))
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#x2F;", "/")
        .replace("&amp;", "&")
}
