# Kerangka setiap halaman dan komponen bersama.

skip-to-content = Langsung ke isi
back = Kembali
optional = (tidak wajib)
sign-out = Keluar

demo-tag = Peragaan
demo-text = Semua orang, unit kerja, dan data di sini rekaan. Jangan memasukkan data sungguhan.

nav-label = Menu utama
nav-sign-in = Masuk
nav-sign = Pakta saya
nav-hr = Kemajuan
nav-roster = Daftar pegawai
nav-elections = Pemilihan dan pakta
nav-complaints = Aduan
nav-officers = Petugas
nav-disputes = Sengketa
nav-erasures = Penghapusan data
nav-acts = Tindakan bersama
nav-key = Kunci saya
nav-verify = Periksa tanda tangan
nav-ledger = Buku besar

footer-privacy = Privasi
footer-accessibility = Aksesibilitas
footer-note = Layanan pakta integritas netralitas aparatur sipil negara, { $ministry }.

flash-good = Berhasil
flash-info = Informasi
flash-warning = Perhatian
flash-bad = Belum berhasil

error-summary-title = Ada yang perlu diperbaiki
error-prefix = Galat:

pages-label = Halaman
pages-previous = Sebelumnya
pages-next = Berikutnya
pages-place = Halaman { $current } dari { $last }

steps-label = Langkah
steps-done = Selesai:

copy = Salin
copied = – tersalin

part-of-whole = { $part } dari { $whole }
counts-line = { $valid } sah, { $disputed } disengketakan, { $voided } dibatalkan dari { $members } wajib
counts-attested = { $n } di atas kertas, dihitung terpisah

# Kerangka setiap surel.
mail-footer = Surel ini dikirim oleh layanan pakta integritas { $ministry } di { $host }. Kami tidak pernah meminta kata sandi atau NIP Anda melalui surel.
mail-link-text = Bila tombol tidak dapat ditekan, salin alamat ini ke peramban:
