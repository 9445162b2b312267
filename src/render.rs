//! Pages and mails from embedded templates and catalogues.
