# Saksi luar: apa yang sudah dan belum mereka pastikan tentang sebuah catatan.

problem-witnesses = Layanan baru saja dimulai ulang dan menunggu jawaban para saksi sebelum mencatat apa pun. Coba lagi sebentar lagi.

finality = Saksi luar
finality-final = Sudah disaksikan
finality-provisional = Sementara
finality-unwitnessed = Tanpa saksi
finality-final-text = Cukup banyak saksi di luar instansi ini sudah ikut menandatangani buku besar yang memuat catatan ini. Catatan ini tidak dapat diubah atau dihapus lagi tanpa ketahuan.
finality-provisional-text = Catatan ini sudah tersimpan dan bertanda tangan buku besar, tetapi belum cukup saksi luar yang ikut menandatangani. Biasanya hanya beberapa detik; tidak ada yang perlu Anda lakukan. Bukti akhir dapat diunduh di halaman ini sesudahnya.
finality-unwitnessed-text = Buku besar ini belum meminta saksi luar. Yang menjamin bahwa catatan ini tidak diubah hanyalah tanda tangan buku besar itu sendiri.

bounds = Batas waktu menurut saksi luar
bounds-after = Ditandatangani sesudah
bounds-before = Ditandatangani sebelum
bounds-both-text = Kedua batas ini menurut jam para saksi di luar instansi, bukan jam layanan ini. Yang ditandatangani memuat titik waktu yang sudah lebih dulu mereka saksikan, dan tanda tangan itu sendiri sudah mereka lihat sebelum batas akhir.
bounds-before-text = Batas ini menurut jam para saksi di luar instansi, bukan jam layanan ini. Batas awal yang independen tidak ada: yang ditandatangani belum memuat titik waktu yang mereka saksikan.
bounds-after-text = Batas ini menurut jam para saksi di luar instansi, bukan jam layanan ini. Batas akhirnya menyusul begitu cukup saksi ikut menandatangani.
bounds-none-text = Belum ada batas waktu yang independen. Batas akhir menyusul begitu cukup saksi ikut menandatangani; batas awal yang independen tidak ada.
bounds-unwitnessed-text = Tidak ada batas waktu yang independen, awal maupun akhir: buku besar ini belum meminta saksi luar, dan waktu di atas adalah menurut jam layanan ini sendiri.
bounds-sheet-none = Belum ada batas waktu yang independen dari layanan ini.
bounds-sheet-no-after = Batas awal yang independen tidak ada.
bounds-contradiction-text = Jam para saksi saling bertentangan, sehingga tidak ada batas waktu yang dapat dipegang.

mail-receipt-final = Saksi di luar instansi sudah ikut menandatangani buku besar yang memuat tanda tangan Anda; berkas bukti terlampir adalah bukti akhir.
mail-receipt-provisional = Berkas bukti terlampir masih sementara: saksi di luar instansi belum ikut menandatangani. Bukti akhir akan tersedia dengan sendirinya di alamat di atas.

receipt-map = Catatan { $index } dalam buku besar merangkum siapa yang sudah menandatangani, tanpa nama.
receipt-map-link = Bukti bahwa tanda tangan Anda termasuk di dalamnya
