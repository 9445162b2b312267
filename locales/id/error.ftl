# Halaman galat: apa yang terjadi, dan apa yang dapat dilakukan.

error-400-title = Permintaan tidak dapat dibaca
error-400-text = Data yang dikirim tidak lengkap atau rusak.
error-400-do = Kembali ke halaman sebelumnya dan coba sekali lagi.

error-403-title = Permintaan ini ditolak
error-403-text = Akun yang Anda pakai tidak berhak membuka halaman ini.
error-403-do = Bila menurut Anda ini keliru, hubungi bagian kepegawaian instansi Anda.

error-404-title = Halaman tidak ditemukan
error-404-text = Alamat ini tidak ada di layanan kami.
error-404-do = Periksa kembali alamat yang Anda ketik atau tempel. Bila Anda memakai tautan, mungkin tautan itu terpotong.

error-closed-title = Penandatanganan sudah ditutup
error-closed-text = Batas waktu untuk pemilihan ini sudah lewat, sehingga tanda tangan baru tidak dapat diterima.
error-closed-do = Bila Anda belum menandatangani, hubungi bagian kepegawaian instansi Anda. Tanda tangan yang sudah tercatat tetap berlaku.

error-409-title = Sudah ada perubahan lain
error-409-text = Yang Anda kirim bertentangan dengan yang sudah tercatat, sehingga tidak disimpan.
error-409-do = Kembali ke halaman sebelumnya, muat ulang, dan periksa keadaan terbaru sebelum mencoba lagi.

error-413-title = Berkas terlalu besar
error-413-text = Berkas atau isian yang Anda kirim melebihi batas ukuran.
error-413-do = Kurangi isinya, atau bagi berkasnya menjadi beberapa bagian. Tidak ada yang tersimpan dari pengiriman ini.

error-429-title = Terlalu banyak percobaan
error-429-text = Kami menerima terlalu banyak permintaan dari Anda dalam waktu singkat.
error-429-do = Tunggu beberapa menit, lalu coba lagi. Yang sudah tersimpan tidak hilang.

error-500-title = Maaf, ada gangguan di layanan kami
error-500-text = Kesalahan ini bukan dari Anda. Yang sudah tersimpan tidak hilang.
error-500-do = Coba lagi beberapa menit lagi. Bila masih terjadi, hubungi bagian kepegawaian instansi Anda dan sebutkan nomor di bawah ini.

error-503-title = Layanan sedang tidak tersedia
error-503-text = Kami sedang menyiapkan atau memelihara layanan ini. Yang sudah tersimpan tidak hilang.
error-503-do = Silakan coba lagi beberapa menit lagi.

error-request-id = Nomor permintaan
error-home = Ke halaman awal
