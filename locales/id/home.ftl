# Halaman awal untuk umum, pernyataan privasi dan aksesibilitas.

home-title = Pakta integritas netralitas
home-lead = Di sini aparatur sipil negara menandatangani pakta integritas untuk tetap netral dalam pemilihan umum. Setiap tanda tangan tercatat dalam buku besar yang dapat diperiksa siapa saja.
home-sign-in = Masuk untuk menandatangani
home-verify = Periksa tanda tangan
home-elections = Pemilihan
home-none-open = Belum ada pemilihan yang dibuka. Anda akan menerima surel saat penandatanganan dimulai.
home-open = Dibuka
home-upcoming = Belum dibuka
home-closed = Ditutup
home-signed = Sudah menandatangani
home-opens = Mulai
home-closes = Paling lambat
home-how = Cara kerjanya
home-how-signers-title = Untuk Anda yang menandatangani
home-how-signers = Buka tautan dari surel undangan, baca pakta, lalu tandatangani. Tidak perlu membuat akun. Nama dan NIP Anda tidak ditampilkan kepada umum.
home-how-public-title = Untuk masyarakat
home-how-public = Pindai kode QR pada tanda terima, atau ketik kodenya, untuk mengetahui apakah sebuah tanda tangan sah. Seluruh buku besar dapat diunduh dan dihitung ulang.
home-how-public-link = Periksa tanda tangan
home-how-ledger-title = Mengapa dapat dipercaya
home-how-ledger = Siapa pun yang menyimpan salinan buku besar, atau saksi luar yang ikut menandatanganinya, mengetahui bila yang sudah tercatat diubah atau dihapus, juga oleh pengelola layanan ini.
home-how-ledger-link = Lihat buku besar

privacy-title = Privasi
privacy-lead = Layanan ini memakai data sesedikit mungkin, dan inilah semuanya.
privacy-what-title = Data yang kami simpan
privacy-what = Nama, NIP, unit kerja, jabatan, kota, dan alamat surel dari daftar pegawai instansi Anda. Data ini dipakai untuk mengundang Anda, memastikan Anda berhak menandatangani, dan memeriksa aduan tentang netralitas.
privacy-public-title = Data yang terlihat oleh umum
privacy-public = Buku besar memuat tanda tangan, waktunya, versi pakta, dan sidik data Anda yang tidak dapat dibaca kembali. Nama, NIP, surel, dan alamat internet Anda tidak pernah dimuat di sana. Nama dan unit kerja hanya tampil bila Anda sendiri menunjukkan tanda terima Anda.
privacy-cookie-title = Kuki
privacy-cookie = Satu kuki dipakai selama Anda masuk. Tidak ada pelacakan, tidak ada analitik, dan tidak ada bagian halaman yang dimuat dari pihak lain.
privacy-rights-title = Hak Anda
privacy-rights = Anda dapat meminta salinan data Anda dan meminta perbaikan melalui bagian kepegawaian instansi Anda. Tanda tangan yang sudah tercatat tidak dapat ditarik; bila bukan Anda yang menandatangani, laporkan melalui tautan di surel konfirmasi.

accessibility-title = Aksesibilitas
accessibility-lead = Layanan ini dibuat agar dapat dipakai oleh semua orang.
accessibility-can-title = Yang dapat Anda lakukan
accessibility-can-keyboard = Memakai setiap halaman hanya dengan papan ketik.
accessibility-can-reader = Mendengarkan setiap halaman dengan pembaca layar.
accessibility-can-zoom = Memperbesar tulisan hingga 400 persen tanpa kehilangan isi.
accessibility-can-phone = Memakai layar ponsel selebar 320 piksel.
accessibility-standard-title = Patokan kami
accessibility-standard = Kami mengacu pada WCAG 2.2 tingkat AA. Setiap halaman diperiksa dengan alat otomatis sebelum perubahan diterbitkan.
accessibility-help-title = Bila Anda menemui hambatan
accessibility-help = Hubungi bagian kepegawaian instansi Anda. Mereka membantu Anda mencari cara lain.
