//! The confirmation and what is saved from it: proof, opening, a sheet to print with its QR code.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Query;
use qrcode::EcLevel;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Serialize;

use crate::domain::person::Opening;
use crate::service::Error;
use crate::service::access::Subject;
use crate::service::bounds;
use crate::service::journal;
use crate::service::proof;
use crate::service::receipt;
use crate::service::receipt::Receipt;
use crate::service::witness::Finality;
use crate::web::error::Failure;
use crate::web::extract::SignerVisitor;
use crate::web::sign::Which;
use crate::web::sign::log_view;
use crate::web::signin::see_other;
use crate::web::verify::BoundsView;

#[derive(Serialize)]
struct Content {
    receipt: Receipt,
    finality: Finality,
    bounds: BoundsView,
    /// The map entry that tells of the signature, once there is one.
    map: Option<u64>,
    verify: String,
    query: String,
}

async fn find(signer: &SignerVisitor, which: &Which) -> Result<Receipt, Error> {
    let (person_id, election) = (signer.person.id, which.election.clone());
    signer
        .visitor
        .app
        .read(move |conn| receipt::find(conn, person_id, election.as_deref()))
        .await
}

/// The receipt with what the witnesses have seen of it.
async fn find_witnessed(
    signer: &SignerVisitor,
    which: &Which,
) -> Result<(Receipt, Finality, BoundsView), Error> {
    let (person_id, election) = (signer.person.id, which.election.clone());
    let publisher = signer.visitor.app.keys().log.clone();
    signer
        .visitor
        .app
        .read(move |conn| {
            let receipt = receipt::find(conn, person_id, election.as_deref())?;
            let index = u64::try_from(receipt.leaf_index).map_err(Error::internal)?;
            let finality = Finality::of(conn, &publisher, index)?;
            let bounds = BoundsView::of(&bounds::of(conn, &publisher, index)?, &receipt.zone);
            Ok((receipt, finality, bounds))
        })
        .await
}

async fn show(signer: SignerVisitor, which: Which, name: &str) -> Result<HttpResponse, Failure> {
    let (receipt, finality, bounds) = match find_witnessed(&signer, &which).await {
        Err(Error::NotFound) => return Ok(see_other("/sign")),
        other => other?,
    };
    let content = Content {
        verify: format!(
            "{}/v/{}",
            signer.visitor.app.config().web.public_url,
            receipt.code
        ),
        query: format!("?election={}", receipt.election_id),
        map: u64::try_from(receipt.leaf_index).ok().and_then(|index| {
            signer
                .visitor
                .app
                .chores()
                .map_covering(&receipt.election_id, index)
        }),
        receipt,
        finality,
        bounds,
    };
    signer.visitor.page(name, content)
}

/// `GET /receipt`.
pub async fn page(signer: SignerVisitor, which: Query<Which>) -> Result<HttpResponse, Failure> {
    show(signer, which.into_inner(), "receipt/page").await
}

/// `GET /receipt/print`: one A4 sheet.
pub async fn print(signer: SignerVisitor, which: Query<Which>) -> Result<HttpResponse, Failure> {
    show(signer, which.into_inner(), "receipt/print").await
}

/// `GET /receipt/proof`.
pub async fn proof(signer: SignerVisitor, which: Query<Which>) -> Result<HttpResponse, Failure> {
    let receipt = find(&signer, &which).await?;
    let log = log_view(&signer.visitor.app)?;
    let index = u64::try_from(receipt.leaf_index).map_err(Error::internal)?;
    let proof = signer
        .visitor
        .app
        .read(move |conn| proof::proof_of(conn, &log.folder, &log.vkey, index))
        .await?;
    Ok(download(
        &proof::file_name(&receipt.code),
        proof.to_string().into_bytes(),
    ))
}

async fn find_opening(signer: &SignerVisitor, which: &Which) -> Result<Opening, Error> {
    let (log, person_id) = (log_view(&signer.visitor.app)?, signer.person.id);
    let election = which.election.clone();
    signer
        .visitor
        .app
        .read(move |conn| receipt::opening(conn, &log.origin, person_id, election.as_deref()))
        .await
}

/// `GET /receipt/opening`: in the signer's own session alone.
pub async fn opening(signer: SignerVisitor, which: Query<Which>) -> Result<HttpResponse, Failure> {
    let receipt = find(&signer, &which).await?;
    let opening = find_opening(&signer, &which).await?;
    let app = &signer.visitor.app;
    let (actor, now_s) = (Some(Subject::Person(signer.person.id)), app.now_s());
    let subject = format!("signature {}", receipt.leaf_index);
    app.write(move |conn| journal::note(conn, now_s, actor, "opening-downloaded", &subject))
        .await?;
    Ok(download(
        &format!("ikrar-{}.opening", receipt.code),
        opening.print(),
    ))
}

/// `GET /receipt/qr.svg`: the address whose fragment opens name and unit.
pub async fn qr(signer: SignerVisitor, which: Query<Which>) -> Result<HttpResponse, Failure> {
    let receipt = find(&signer, &which).await?;
    let opening = find_opening(&signer, &which).await?;
    let url = &signer.visitor.app.config().web.public_url;
    let address = receipt::qr_address(url, &receipt.code, &opening);
    let code = QrCode::with_error_correction_level(address, EcLevel::L).map_err(Error::internal)?;
    let image = code
        .render::<svg::Color<'_>>()
        .quiet_zone(true)
        .min_dimensions(240, 240)
        .build();
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(image))
}

fn download(name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(bytes)
}
