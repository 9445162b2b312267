# Impor daftar pegawai: unggah, pratinjau, konfirmasi, dan semua alasan penolakan.

roster-problem-acts = Tindakan yang ditandatangani bukan yang disiapkan untuk impor ini. Muat ulang pratinjau, lalu tandatangani lagi.
roster-problem-changed = Daftar pegawai sudah berubah sejak pratinjau ini dibuat. Tidak ada yang disimpan. Unggah berkas sekali lagi untuk melihat pratinjau terbaru.
roster-problem-decided = Impor ini sudah dikonfirmasi atau dibuang sebelumnya.

roster-failure-abandoned = Pembacaan berkas terhenti. Unggah berkas sekali lagi.
roster-failure-roster-no-nip = Tidak ada kolom bernama NIP dalam 50 baris pertama. Beri tabel satu baris judul kolom.
roster-failure-roster-no-name = Judul kolom di baris { $line } tidak memuat kolom nama. Beri judul NAMA pada kolom itu.
roster-failure-sheet-empty = Berkas tidak memuat baris apa pun. Ekspor sekali lagi dari sumbernya.
roster-failure-sheet-too-large = Berkas lebih besar dari { $mib } MiB. Bagi menjadi beberapa berkas, atau hilangkan kolom yang tidak diperlukan.
roster-failure-sheet-bomb = Isi buku kerja ini membesar jauh melebihi yang wajar. Simpan ulang sebagai CSV.
roster-failure-sheet-too-many-rows = Berkas memuat lebih dari { $max } baris. Bagi menjadi beberapa berkas.
roster-failure-sheet-too-many-columns = Baris { $line } memuat lebih dari { $max } kolom. Periksa tanda pemisah kolomnya.
roster-failure-sheet-cell-too-long = Ada sel yang terlalu panjang pada baris yang dimulai di baris { $line }. Cari tanda kutip (") yang tidak ditutup.
roster-failure-sheet-encrypted = Buku kerja dilindungi kata sandi. Simpan tanpa kata sandi, atau simpan sebagai CSV.
roster-failure-sheet-macros = Buku kerja memuat makro. Simpan sebagai XLSX tanpa makro, atau sebagai CSV.
roster-failure-sheet-old-excel = Ini format XLS lama. Simpan sebagai XLSX atau CSV.
roster-failure-sheet-other-spreadsheet = Jenis lembar kerja ini tidak dapat dibaca. Simpan sebagai XLSX atau CSV.
roster-failure-sheet-web-page = Ini halaman web yang diberi nama lembar kerja. Buka di aplikasi lembar kerja, lalu simpan sebagai XLSX atau CSV.
roster-failure-sheet-not-a-table = Ini bukan tabel. Kirim berkas CSV atau XLSX.
roster-failure-sheet-no-sheet = Buku kerja tidak memuat lembar yang terlihat dan berisi.
roster-failure-sheet-damaged = Buku kerja rusak. Buka, lalu simpan ulang sebagai XLSX atau CSV.
roster-failure-sheet-encoding = Pengodean huruf di baris { $line } berbeda dari baris-baris sebelumnya. Simpan ulang berkas sebagai CSV UTF-8.
roster-failure-sheet-io = Berkas tidak dapat dibaca. Unggah sekali lagi.
roster-failure-internal = Terjadi gangguan saat membaca berkas. Tidak ada yang disimpan. Unggah sekali lagi.

roster-refused-nip-empty = NIP kosong. Isi NIP pada baris ini.
roster-refused-nip-scientific = Excel mengubah NIP menjadi bilangan berpangkat sehingga angka terakhirnya hilang. Ekspor ulang dari sumbernya dengan kolom NIP berformat Teks.
roster-refused-nip-rounded = Excel membulatkan NIP sehingga angka terakhirnya hilang. Ekspor ulang dari sumbernya dengan kolom NIP berformat Teks.
roster-refused-nip-characters = NIP memuat selain angka. Perbaiki NIP ini.
roster-refused-nip-old = Ini NIP lama sembilan angka. Isi NIP delapan belas angka.
roster-refused-nip-length = NIP terdiri atas 18 angka, sedangkan ini { $digits } angka. Perbaiki, atau ekspor kolom NIP sebagai Teks.
roster-refused-nip-birth-date = Angka ke-1 sampai ke-8 bukan tanggal lahir yang ada. Perbaiki NIP ini.
roster-refused-nip-appointment = Angka ke-9 sampai ke-14 bukan bulan pengangkatan (PNS) maupun kontrak (PPPK). Perbaiki NIP ini.
roster-refused-nip-sex = Angka ke-15 harus 1 atau 2. Perbaiki NIP ini.
roster-refused-name-missing = Nama kosong atau tanpa huruf. Isi nama pada baris ini.
roster-refused-letters = Sel memuat huruf rusak akibat pengodean yang keliru. Ekspor ulang sebagai CSV UTF-8 atau XLSX.
roster-refused-too-long = Isi sel lebih panjang dari 400 bita. Persingkat isinya.
roster-refused-standing-missing = Kedudukan hukum kosong. Isi kedudukan hukum pada baris ini.
roster-refused-standing-unknown = Kedudukan hukum "{ $value }" tidak dikenal. Perbaiki isinya di sumbernya.
roster-refused-duplicate-nip = NIP yang sama ada di baris { $line } dengan isi berbeda. Pertahankan baris yang benar saja.
roster-refused-former-nip = Ini NIP lama dari orang di baris { $line }. Hapus salah satu dari kedua baris.

roster-warning-nip-age-at-appointment = Menurut NIP, orang ini berusia { $years } tahun saat diangkat.
roster-warning-nip-birth-date-differs = Kolom tanggal lahir berbeda dari NIP.
roster-warning-nip-sex-differs = Kolom jenis kelamin berbeda dari NIP.
roster-warning-bad-email = Alamat surel tidak dapat dipakai dan dilewatkan.
roster-warning-no-unit = Unit kerja kosong.
roster-warning-shared-email = Alamat surel sama dengan baris { $line }. Orang dengan alamat bersama tidak dapat masuk melalui surel.
roster-warning-repeated-row = Baris ini mengulang baris { $line } dan dibaca satu kali.

roster-duty-required = wajib menandatangani
roster-duty-retired = pensiun
roster-duty-left = berhenti
roster-duty-died = wafat
roster-duty-pre-retirement = masa persiapan pensiun
roster-duty-unpaid-leave = cuti di luar tanggungan negara
roster-duty-suspended = pemberhentian sementara
roster-duty-not-listed = tidak ada lagi dalam berkas kepegawaian

roster-employment-pns = PNS
roster-employment-cpns = CPNS
roster-employment-pppk = PPPK

roster-field-name = Nama
roster-field-unit = Unit kerja
roster-field-position = Jabatan
roster-field-city = Lokasi kerja
roster-field-grade = Golongan
roster-field-email = Surel
roster-field-employment = Jenis pegawai
roster-field-duty = Kewajiban

roster-evidence-former-nip = Berkas menyebut NIP lamanya
roster-evidence-name-birth-unit = Nama, tanggal lahir, dan unit kerja sama
roster-evidence-name-birth-email = Nama, tanggal lahir, dan surel sama
roster-evidence-name-email = Nama dan surel sama

roster-title = Daftar pegawai
roster-lead = Unggah berkas kepegawaian (ekspor SIASN atau tabel sendiri). Anda melihat pratinjaunya lebih dulu; tidak ada yang disimpan sebelum Anda mengonfirmasi.
roster-election = Pemilihan
roster-file = Berkas
roster-file-hint = CSV atau XLSX, paling besar { $mib } MiB. Hanya kolom yang diperlukan yang dibaca; kolom lain tidak disimpan.
roster-upload = Lihat pratinjau
roster-no-election = Belum ada pemilihan yang dapat diisi daftar pegawainya. Umumkan pemilihan lebih dulu.
roster-problem-no-file = Pilih berkas yang akan diunggah.
roster-past = Impor sebelumnya
roster-none = Belum ada impor.
roster-unnamed = Berkas tanpa nama
roster-when = Diunggah
roster-confirmed-at = Dikonfirmasi
roster-state = Keadaan
roster-state-confirmed = Dikonfirmasi
roster-state-preview = Menunggu konfirmasi
roster-state-reading = Sedang dibaca
roster-state-failed = Tidak terbaca
roster-state-discarded = Dibuang

roster-reading-title = Berkas sedang dibaca
roster-reading-lead = Kami membaca { $file }. Halaman ini berpindah sendiri ke pratinjau.
roster-reading-running = Mohon tunggu sebentar.
roster-reading-done = Selesai dibaca.
roster-reading-no-js = Peramban ini tidak menjalankan JavaScript.
roster-reload = Lihat keadaan terbaru

roster-failed-title = Berkas tidak dapat dibaca
roster-failed-nothing = Tidak ada yang disimpan
roster-again = Unggah berkas lain
roster-to-dashboard = Lihat kemajuan

roster-preview-title = Pratinjau impor
roster-preview-lead = Inilah yang akan berubah bila { $file } diterapkan pada { $election }. Belum ada yang disimpan.
roster-nothing-title = Tidak ada perubahan
roster-nothing = Daftar pegawai sudah sama dengan isi berkas ini, sehingga tidak ada yang perlu dikonfirmasi.
roster-unchanged = Tetap
roster-held = { $n } orang dibiarkan seperti semula karena barisnya ditolak.
roster-confirm-title = Konfirmasi
roster-sign-lead = Dengan konfirmasi, peramban Anda menandatangani perubahan label berikut untuk buku besar. Buku besar tidak memuat nama atau NIP.
roster-labels-on = Label masuk
roster-labels-off = Label keluar
roster-no-act = Perubahan ini tidak menyentuh siapa yang wajib menandatangani, sehingga tidak perlu dicatat dalam buku besar.
roster-confirm-sign = Tandatangani dan terapkan
roster-confirm = Terapkan perubahan
roster-discard = Buang pratinjau
roster-confirmed = Impor sudah diterapkan.
roster-discarded = Pratinjau dibuang. Tidak ada yang berubah.
roster-tabs = Isi pratinjau
roster-tab-added = Ditambahkan
roster-tab-excluded = Dikecualikan
roster-tab-changed = Berubah
roster-tab-renumbered = Berganti nomor
roster-tab-gone = Keluar
roster-tab-refused = Ditolak
roster-tab-warnings = Perlu dilihat
roster-line = Baris
roster-column = Kolom
roster-reason = Alasan dan cara memperbaiki
roster-what = Keterangan

roster-act-no-js = Tindakan ini ditandatangani di peramban Anda. Aktifkan JavaScript, atau gunakan baris perintah.
roster-act-unsupported = Peramban ini belum mendukung tanda tangan Ed25519. Perbarui peramban Anda atau gunakan peramban lain.
roster-act-no-key = Peramban ini belum memiliki kunci petugas.
roster-act-make-key = Buat kunci
roster-act-mismatch = Yang ditampilkan berbeda dari yang akan ditandatangani. Tidak ada yang ditandatangani. Muat ulang halaman ini.
roster-act-failed = Penandatanganan gagal dan tidak ada yang dikirim. Coba sekali lagi.
roster-act-working = Sedang menandatangani.
