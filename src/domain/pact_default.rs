//! Lives here: the pact that the portal offers when an agency brings none: the four points that agencies share
//! (neutrality; no conflict of interest and no intimidation; wise use of social media; no money politics), in our own
//! words. Absent: any agency's official text, which HR publishes instead.

use crate::domain::pact::Language;
use crate::domain::pact::PactText;
use crate::domain::text::Id;
use crate::domain::text::Prose;
use crate::domain::text::ProseError;

const TITLE: &str = "Pakta Integritas Netralitas Aparatur Sipil Negara";

const CLAUSES: [&str; 4] = [
    "Menjaga dan menegakkan netralitas dalam melaksanakan tugas dan memberikan pelayanan publik, baik sebelum, \
     selama, maupun sesudah pemilihan umum, serta melayani setiap warga dengan perlakuan yang sama.",
    "Menghindari benturan kepentingan, tidak menggunakan wewenang, jabatan, atau fasilitas negara untuk \
     mengintimidasi atau mengancam siapa pun, dan tidak memihak kepada pasangan calon, calon, atau partai politik \
     mana pun.",
    "Menggunakan media sosial secara arif dan bertanggung jawab, tidak memakainya untuk menunjukkan keberpihakan, \
     serta tidak membuat atau menyebarkan ujaran kebencian dan berita bohong.",
    "Menolak politik uang dan segala bentuk pemberian yang bertujuan memengaruhi pilihan atau sikap saya dalam \
     pemilihan umum.",
];

const CLOSING: &str = "Pakta ini saya buat dengan penuh kesadaran dan tanpa paksaan dari pihak mana pun. Apabila saya \
     melanggarnya, saya bersedia dimintai pertanggungjawaban sesuai dengan peraturan perundang-undangan.";

/// The default pact, version 1, in Indonesian, of an agency's civil servants.
///
/// ```
/// use ikrar::domain::pact_default::default_pact;
/// let pact = default_pact("pemilu-2024".parse()?, "Kementerian Contoh")?;
/// assert_eq!(pact.clauses.len(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn default_pact(election: Id, agency: &str) -> Result<PactText, ProseError> {
    let preamble = format!(
        "Saya, Aparatur Sipil Negara di lingkungan {agency}, menyadari bahwa kepercayaan masyarakat bertumpu pada \
         aparatur yang netral. Dengan ini saya menyatakan, dengan sungguh-sungguh dan atas nama kehormatan saya, \
         bahwa saya akan:"
    );
    Ok(PactText {
        election,
        version: 1,
        language: Language::Id,
        title: Prose::new(TITLE)?,
        preamble: Prose::new(&preamble)?,
        clauses: CLAUSES.into_iter().map(Prose::new).collect::<Result<_, _>>()?,
        closing: Some(Prose::new(CLOSING)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_pact_and_names_the_agency() {
        let pact = default_pact("pemilu-2024".parse().unwrap(), "Kementerian Contoh").unwrap();
        assert_eq!(PactText::parse(&pact.print()).unwrap(), pact);
        assert!(
            pact.preamble
                .as_str()
                .contains("di lingkungan Kementerian Contoh,")
        );
    }

    #[test]
    fn a_name_that_may_not_stand_in_a_text_is_refused() {
        assert!(default_pact("p".parse().unwrap(), "A\u{202E}B").is_err());
        assert!(default_pact("p".parse().unwrap(), &"A".repeat(4096)).is_err());
    }
}
