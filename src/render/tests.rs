//! The catalogues and templates as a whole.

use serde_json::json;

use crate::render::Lang;
use crate::render::Render;

#[test]
fn generic_pages_render() {
    let render = Render::new().unwrap_or_else(|error| panic!("{error}"));
    let page = json!({"lang": "id", "path": "/", "account": null, "demo": true, "flash": null,
        "site": {"ministry_name": "Kementerian Peragaan", "host": "ikrar.example"}, "request_id": "r-1"});
    for status in [400, 403, 404, 409, 413, 418, 429, 500, 503] {
        let html = render.page("error", Lang::Id, &json!({"page": page, "status": status}));
        assert!(html.unwrap_or_else(|error| panic!("{error}")).contains("<h1>"));
    }
}
