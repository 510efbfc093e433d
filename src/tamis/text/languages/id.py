"""Indonesian (and most of what Malay shares with it)."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="id",
    name="Indonesian",
    script="Latin",
    negators=expressions(
        """
        tidak, tak, bukan, belum, jangan, tiada, enggak, nggak, ngga, gak, ga, ndak, tidaklah, bukanlah, janganlah
        tidak pernah, tak pernah, belum pernah, tidak ada, tak ada, tidak lagi, bukan lagi, tidak boleh, tidak dapat
        tidak bisa, tidak perlu, tidak harus, tidak hanya, bukan hanya, tak hanya, bukan saja, tidak selalu
        tidak semua, tidak terlalu, tidak begitu, tidak satu pun, tak satu pun, tak seorang pun, tidak seorang pun
        sama sekali tidak, sama sekali, dilarang, terlarang, larangan, mustahil, jarang, hampir tidak, nyaris tidak
        alih-alih, daripada, kurangnya, atau tidak, atau belum, bukannya, tidakkah, bukankah
        """
    ),
    conditions=expressions(
        """
        jika, jikalau, jika tidak, bila, bilamana, apabila, kalau, kalaupun, seandainya, andaikan, andai, asalkan
        asal, dengan syarat, dengan ketentuan, kecuali jika, kecuali bila, kecuali kalau, sebelum, sesudah, setelah
        ketika, saat, pada saat, sewaktu, selama, sampai, sampai dengan, hingga, begitu, hanya jika, hanya bila
        hanya ketika, hanya setelah, bahkan jika, walaupun, dalam hal, seketika, setiap kali, tiap kali, dalam kasus
        sekalipun, terlepas dari, tergantung pada, bergantung pada, kalau tidak, bila tidak, seolah-olah, manakala
        tatkala, seusai, usai, menjelang, pasca
        """
    ),
    exceptions=expressions(
        """
        kecuali, tanpa, selain, di luar, terkecuali, dengan pengecualian, tidak termasuk, melainkan, belum termasuk
        """
    ),
    limits=expressions(
        """
        paling sedikit, paling tidak, setidaknya, setidak-tidaknya, sekurang-kurangnya, minimal, paling banyak
        maksimal, maksimum, minimum, sebanyak-banyaknya, tidak lebih dari, tidak kurang dari, tidak melebihi
        lebih dari, kurang dari, lebih besar dari, lebih kecil dari, lebih tinggi dari, lebih rendah dari, di atas
        di bawah, hampir, nyaris, sekitar, kira-kira, kurang lebih, tepat, persis, antara, atau lebih, atau kurang
        paling lambat, selambat-lambatnya, paling cepat, dalam waktu, per, melebihi, lebih
        """
    ),
    focus=expressions(
        """
        hanya, cuma, cuman, sekadar, saja, semata, semata-mata, bahkan, pun, justru, khususnya, terutama, utamanya
        sebagian besar, sebagian, selalu, sering, kadang, kadang-kadang, terkadang, biasanya, umumnya, pada umumnya
        satu-satunya, pernah, hanyalah
        """
    ),
    quantifiers=expressions(
        """
        semua, seluruh, segala, segenap, setiap, tiap, tiap-tiap, masing-masing, beberapa, sejumlah, banyak, sedikit
        sebagian, sebagian besar, kebanyakan, mayoritas, minoritas, separuh, setengah, kedua, keduanya, lain, lainnya
        lain-lain, sesuatu, seseorang, siapa pun, siapapun, apa pun, apapun, mana pun, manapun, di mana pun, cukup
        terlalu banyak, terlalu sedikit, sebanyak, berbagai, pelbagai, para, puluhan, ratusan, ribuan, jutaan, suatu
        salah satu
        """
    ),
    modals=expressions(
        """
        harus, wajib, mesti, perlu, dapat, bisa, boleh, diperbolehkan, diizinkan, akan, hendak, mau, ingin, mampu
        sanggup, sebaiknya, seharusnya, semestinya, hendaknya, hendaklah, harap, mohon, diharapkan, diwajibkan
        mungkin, barangkali, kemungkinan, agaknya, tampaknya, sepertinya, diduga, konon, berniat, berencana, berhak
        ayo, haruslah, dapatkah, bisakah
        """
    ),
    light=expressions(
        """
        eh, anu, em, sangat, amat, benar-benar, sungguh, sungguh-sungguh, betul-betul, tentu saja, tentunya, memang
        sebenarnya, sesungguhnya, sejujurnya, seperti diketahui, perlu dicatat bahwa, perlu diketahui bahwa, lho, sih
        dong, kok, deh, kan
        """
    ),
    starters=expressions(
        """
        selain itu, di samping itu, lagi pula, lagipula, tambahan pula, juga, nah, singkatnya, kesimpulannya, akhirnya
        demikian pula, begitu pula, tolong, silakan, lebih lanjut
        """
    ),
    binders=expressions(
        """
        dari, dengan, oleh, untuk, kepada, pada, di, ke, dalam, terhadap, melawan, bagi, demi, tentang, mengenai
        melalui, lewat, karena, sebab, akibat, menurut, sesuai dengan, berdasarkan, seperti, sebagai, bersama, antar
        guna, atas, berkat, meskipun, di antara, dibandingkan, dibanding, terkait, sepanjang, secara, agar, supaya
        menuju, termasuk, daripada, sejak
        """
    ),
    openers=expressions(
        """
        dan, atau, tetapi, tapi, namun, akan tetapi, yang, bahwa, karena itu, oleh karena itu, sehingga, maka dari itu
        meskipun, walau, meski, biarpun, padahal, sebaliknya, di sisi lain, sementara itu, serta, lalu, kemudian
        siapa, apa, di mana, dimana, kapan, mengapa, kenapa, bagaimana, berapa, misalnya, contohnya, yaitu, yakni
        artinya, tetapi juga, melainkan juga, sebab itu, dengan demikian, sementara, sedangkan, apakah
        """
    ),
    stranded=expressions(
        """
        ini, itu, adalah, ialah, merupakan, saya, aku, kamu, anda, dia, ia, kami, kita, mereka, sudah, telah, sedang
        masih, ada, sebuah, seorang, seekor, si, sang, nya, terlalu, lebih, paling
        """
    ),
    plain=expressions(
        """
        begitu saja, tidak apa-apa, mau tidak mau, sedikit banyak, cepat atau lambat, bukan main, tak ayal
        """
    ),
    pairs=(
        Pair(
            "negator",
            expressions("tidak hanya, bukan hanya, tak hanya, bukan saja"),
            expressions("tetapi juga, melainkan juga, tapi juga, tetapi, namun juga"),
            20,
        ),
        Pair("negator", frozenset({"bukan"}), frozenset({"melainkan"}), 12),
        Pair("condition", expressions("jika, kalau, apabila, bila"), frozenset({"maka"}), 30),
    ),
    denials=expressions("tidak, bukan, belum, jangan, tanpa, tak"),
    common=expressions(
        """
        yang, dan, di, dengan, untuk, pada, adalah, ini, dari, dalam, itu, tidak, akan, ke, oleh, sebagai, juga, atau
        dapat, karena, telah, kami, mereka, saya, anda, ada, bisa, harus, sudah, kita, dia, aku, kamu, jika, lebih
        bahwa, seperti, tersebut, secara, setelah, sebelum, para, hanya, belum, jangan, akhir, minggu, tahun, orang
        """
    ),
)
