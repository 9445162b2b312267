# Impor daftar pegawai: unggah, pratinjau, konfirmasi, dan semua alasan penolakan.

roster-problem-acts = Tindakan yang ditandatangani bukan yang disiapkan untuk impor ini. Muat ulang pratinjau, lalu tandatangani lagi.
roster-problem-changed = Daftar pegawai sudah berubah sejak pratinjau ini dibuat. Tidak ada yang disimpan. Unggah berkas sekali lagi untuk melihat pratinjau terbaru.
roster-problem-decided = Impor ini sudah dikonfirmasi atau dibuang sebelumnya.

