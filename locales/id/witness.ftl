# Saksi luar: apa yang sudah dan belum mereka pastikan tentang sebuah catatan.

problem-witnesses = Layanan baru saja dimulai ulang dan menunggu jawaban para saksi sebelum mencatat apa pun. Coba lagi sebentar lagi.

finality = Saksi luar
finality-final = Sudah disaksikan
finality-provisional = Sementara
finality-unwitnessed = Tanpa saksi
finality-final-text = Cukup banyak saksi di luar instansi ini sudah ikut menandatangani buku besar yang memuat catatan ini. Catatan ini tidak dapat diubah atau dihapus lagi tanpa ketahuan.
finality-provisional-text = Catatan ini sudah tersimpan dan bertanda tangan buku besar, tetapi belum cukup saksi luar yang ikut menandatangani. Biasanya hanya beberapa detik; tidak ada yang perlu Anda lakukan. Bukti akhir dapat diunduh di halaman ini sesudahnya.
finality-unwitnessed-text = Buku besar ini belum meminta saksi luar. Yang menjamin bahwa catatan ini tidak diubah hanyalah tanda tangan buku besar itu sendiri.

mail-receipt-final = Saksi di luar instansi sudah ikut menandatangani buku besar yang memuat tanda tangan Anda; berkas bukti terlampir adalah bukti akhir.
mail-receipt-provisional = Berkas bukti terlampir masih sementara: saksi di luar instansi belum ikut menandatangani. Bukti akhir akan tersedia dengan sendirinya di alamat di atas.

receipt-map = Catatan { $index } dalam buku besar merangkum siapa yang sudah menandatangani, tanpa nama.
receipt-map-link = Bukti bahwa tanda tangan Anda termasuk di dalamnya
