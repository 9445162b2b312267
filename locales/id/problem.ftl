# Penolakan dan gangguan: apa yang terjadi, dan apa yang dapat dilakukan.

problem-conflict = Data ini baru saja diubah oleh orang lain. Muat ulang halaman, lalu coba lagi.
problem-busy = Layanan sedang sangat sibuk. Tunggu sebentar, lalu coba lagi.
problem-text = Ada karakter yang tidak dapat disimpan dalam isian Anda. Hapus karakter itu, lalu kirim ulang.
problem-cross-site = Permintaan ini dikirim dari halaman situs lain, jadi tidak dijalankan dan tidak ada yang tersimpan. Buka halamannya langsung di portal ini, lalu ulangi.
problem-clock = Jam peladen berubah tiba-tiba, sehingga untuk sementara tidak ada yang dicatat. Hubungi pengelola layanan.
problem-stopping = Layanan sedang dihentikan atau dimulai ulang. Coba lagi sebentar lagi.
problem-database = Basis data sedang tidak dapat dihubungi. Kirim ulang permintaan yang sama beberapa saat lagi.
problem-not-written = Penyimpanan belum dapat dipastikan. Kirim ulang permintaan yang sama beberapa saat lagi; yang sudah tercatat tidak akan tercatat dua kali.
problem-not-published = Data Anda sudah tercatat, tetapi buku besar belum dapat diterbitkan. Kirim ulang permintaan yang sama beberapa saat lagi.
problem-tampered = Buku besar dan basis data tidak cocok. Penulisan dihentikan sampai pengelola memeriksanya; yang sudah terbit tetap dapat dibaca.

act-problem-malformed = Naskah tindakan tidak dapat dibaca.
act-problem-origin = Naskah tindakan ini untuk buku besar lain.
act-problem-authors = Jumlah penanda tangan tindakan tidak sesuai.
act-problem-key = Kunci peramban ini belum berlaku untuk tindakan tersebut. Minta operator menyetujui kunci Anda.
act-problem-signature = Tanda tangan atas tindakan ini tidak sah.
act-problem-other-key = Kunci di peramban ini milik akun lain. Pakai peramban tempat Anda membuat kunci Anda sendiri.
act-problem-waiting = Tindakan tentang hal yang sama sudah menunggu petugas kedua. Buka Tindakan bersama untuk menandatanganinya.
act-problem-same-officer = Tindakan ini memerlukan dua petugas yang berbeda. Anda sudah menandatanganinya.
act-problem-settled = Tindakan ini sudah tercatat atau dibatalkan.
act-problem-expired = Tindakan ini terlalu lama menunggu dan sudah tidak berlaku. Ajukan lagi bila masih perlu.
act-problem-policy = Berkas ini bukan aturan saksi yang dapat dibaca.
act-problem-policy-known = Aturan saksi ini sudah tercatat sebagai yang terbaru.
act-problem-logkey = Kunci berikutnya harus berupa kunci Ed25519 dengan nama buku besar ini.
act-problem-logkey-known = Kunci ini sudah menjadi kunci buku besar ini. Buat kunci baru.

dispute-problem-about = Ketik kode tanda terima yang lengkap, atau nomor catatan tanda tangan.
dispute-problem-none = Tidak ada tanda tangan dengan nomor itu.
dispute-problem-unknown = Tidak ada sengketa dengan nomor itu.
dispute-problem-settled = Sengketa ini sudah diputus.
dispute-problem-voided = Tanda tangan ini sudah dibatalkan.

officer-problem-email = Alamat surel tidak dapat dipakai.
officer-problem-roles = Nama dan setidaknya satu peran harus diisi.
officer-problem-key-ended = Kunci ini tidak sedang berlaku.
officer-problem-last = Ini kunci operator terakhir yang berlaku. Setujui kunci operator lain dahulu.
officer-problem-disabled = Akun dengan alamat ini sudah dinonaktifkan.
officer-problem-key = Kunci ini tidak dapat dipakai. Buat kunci baru di peramban Anda.

election-problem-window = Waktu tutup harus setelah waktu buka, dan keduanya pada menit bulat.
election-problem-zone = Zona waktu tidak dikenal.
election-problem-closed = Pemilihan ini sudah ditutup dalam buku besar.
election-problem-opens = Waktu buka pemilihan yang sudah diumumkan tidak dapat diubah.
election-problem-still-open = Pemilihan belum melewati waktu tutupnya.
election-problem-counts = Jumlah yang ditandatangani bukan jumlah dalam buku besar saat ini. Muat ulang halaman.

pact-problem-election = Naskah pakta ini untuk pemilihan lain.
pact-problem-version = Versi pakta harus satu angka di atas versi sebelumnya. Muat ulang halaman.

election-problem-id = Pakai huruf kecil, angka, dan tanda hubung, misalnya pemilu-2024.
election-problem-taken = Pemilihan dengan nama pendek ini sudah ada. Pilih nama lain, atau buka pemilihan itu untuk mengubahnya.
election-problem-title = Isi judul, paling panjang 200 huruf, tanpa tanda yang tidak terlihat.
election-problem-time = Isi tanggal dan jam, misalnya 2023-11-23T09:00.
election-problem-lookup = Pilih salah satu.
election-problem-contest = Kontestasi { $contest }: isi nama pendek dan tanggal penetapan, masing-masing satu kali, misalnya presiden 2023-11-13.

pact-problem-title = Isi judul, paling panjang 200 huruf, tanpa tanda yang tidak terlihat.
pact-problem-prose = Isi dengan teks biasa, paling panjang 4.000 huruf, tanpa tanda yang tidak terlihat.
pact-problem-clause = Butir { $number } terlalu panjang atau memuat tanda yang tidak terlihat. Ketik ulang butir itu.
pact-problem-clauses = Pakta memuat 1 sampai 64 butir dan seluruhnya paling banyak 32 kB.

officer-problem-name = Isi nama petugas.
officer-problem-role = Pilih setidaknya satu peran.
officer-problem-self = Akun yang sedang Anda pakai tidak dapat Anda nonaktifkan sendiri. Minta operator lain.
