"""Turkish. Verbs deny by the suffix -ma/-me in front of tense, and make a condition by -sa/-se."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="tr",
    name="Turkish",
    script="Latin",
    variants="Iı",
    negators=expressions(
        """
        değil, değildir, değildi, değilim, değiliz, değilsin, değilsiniz, değiller, değilse, yok, yoktur, yoktu, hiç
        hiçbir, hiçbiri, hiç kimse, hiçbir şey, hiçbir zaman, hiçbir yerde, hiçbir şekilde, kimse, asla, hayır, ne
        artık değil, henüz değil, daha değil, sadece değil, yalnızca değil, her zaman değil, zorunlu değil, olmaksızın
        yasak, yasaktır, yasaklanmıştır, imkansız, imkânsız, nadiren, güçlükle, zar zor, neredeyse hiç, yerine, pek az
        mümkün değil, olmaz, olmadan, olmadığı, reddetti, reddedildi, reddediyor, iptal, iptal edildi, kaçının
        geçersiz, devre dışı, vazgeçti
        """
    ),
    conditions=expressions(
        """
        eğer, şayet, ise, iken, önce, sonra, dek, değin, sürece, takdirde, halinde, hâlinde, durumunda, koşuluyla
        şartıyla, kaydıyla, zaman, her zaman ki, ne zaman, bile olsa, olsa bile, olsa da, aksi takdirde, aksi halde
        yoksa, itibaren, beri, madem, mademki, varsa, olursa, olsa, olmazsa, isterse, gerekirse, bağlı olarak
        her ne kadar, ister, bir kere, der demez, olur olmaz, anda, sırasında, esnasında, göre değişir
        """
    ),
    exceptions=expressions(
        """
        hariç, haricinde, dışında, başka, olmadan, olmaksızın, müstesna, bunun dışında, saymazsak, ayrı olarak
        """
    ),
    limits=expressions(
        """
        en az, en azından, en çok, en fazla, azami, asgari, en geç, en erken, fazla, daha fazla, daha az, daha çok, az
        fazlası, azı, aşkın, altında, üzerinde, üstünde, yaklaşık, aşağı yukarı, civarında, neredeyse, hemen hemen
        tam, tam olarak, arasında, ila, içinde, veya daha fazla, veya daha az, maksimum, minimum, başına, takriben
        kadar
        """
    ),
    focus=expressions(
        """
        sadece, yalnızca, yalnız, ancak, bile, dahi, hatta, tek, tek başına, sırf, özellikle, bilhassa, başlıca
        çoğunlukla, genellikle, kısmen, her zaman, daima, sık sık, bazen, ara sıra, nadiren de olsa, basitçe, salt
        """
    ),
    quantifiers=expressions(
        """
        bütün, tüm, tümü, hepsi, hep, her, her bir, herkes, her şey, her biri, her yerde, bazı, bazıları, kimi
        kimileri, birkaç, birçok, birçoğu, çok, pek çok, çoğu, az, biraz, çoğunluğu, yarısı, yarım, ikisi de, her iki
        geri kalanı, diğer, diğerleri, öteki, başka bir, herhangi, herhangi bir, biri, birisi, bir şey, bir yerde
        yeterli, yeterince, çok fazla, çok az, o kadar, bu kadar, böyle, aynı, tek bir, ilk, son, kısmı, bir kısmı
        çeşitli, bunca, onlarca, yüzlerce, binlerce
        """
    ),
    modals=expressions(
        """
        gerek, gerekir, gerekiyor, gerekli, gereklidir, gerekmektedir, lazım, lâzım, zorunda, zorundadır, zorundasınız
        zorunlu, zorunludur, mecbur, mecburdur, şart, şarttır, mümkün, mümkündür, olabilir, olmalı, olmalıdır, belki
        muhtemelen, galiba, herhalde, sanırım, sözde, iddiaya göre, ister, istiyor, istiyorum, isterim, izin verilir
        muhakkak, mutlaka, hakkı vardır
        """
    ),
    light=expressions(
        """
        ııı, eee, hani, gerçekten, son derece, elbette, tabii, tabii ki, tabi, aslında, açıkçası, bilindiği gibi
        bilindiği üzere, belirtmek gerekir ki, dürüst olmak gerekirse, gayet
        """
    ),
    starters=expressions(
        """
        ayrıca, bunun yanı sıra, buna ek olarak, üstelik, dahası, özetle, kısacası, sonuç olarak, benzer şekilde
        lütfen
        """
    ),
    binders=expressions(
        """
        ile, için, gibi, göre, karşı, doğru, dolayı, ötürü, hakkında, tarafından, üzere, rağmen, boyunca, yanında
        karşısında, nedeniyle, sebebiyle, aracılığıyla, sayesinde, yüzünden, amacıyla, ilişkin, dair, yönelik
        itibarıyla, olarak, uyarınca, gereğince, kıyasla, birlikte, önünde, arkasında, doğrultusunda, kapsamında
        açısından, bakımından, de, da, ki
        """
    ),
    openers=expressions(
        """
        ve, veya, ya da, yahut, veyahut, ama, fakat, lakin, oysa, oysaki, halbuki, çünkü, zira, böylece, bu nedenle
        bu yüzden, dolayısıyla, bundan dolayı, buna rağmen, yine de, öte yandan, diğer yandan, aksine, tersine, diye
        mi, mı, mu, mü, kim, nerede, nasıl, niçin, neden, niye, hangi, kaç, örneğin, mesela, hem, ne var ki, gerçi
        bununla beraber, ayrıca, sanki, nitekim, ya, aynı zamanda, bununla birlikte
        """
    ),
    stranded=expressions(
        """
        bir, bu, şu, o, bunlar, şunlar, onlar, benim, senin, onun, bizim, sizin, onların, ben, sen, biz, siz, kendi
        en, daha, idi, imiş, olan, olduğu, oldu, olur, var, vardır, ediyor, etti, eden
        """
    ),
    plain=expressions(
        """
        ne kadar, ne yazık ki, er ya da geç, cumartesi, temmuz, omuz, domuz, maden, madem, medya, medyan, kamera
        kimsesiz, ramazan, mezar, mazot, maze, elmas, elmaz, yemez, yılmaz, korkmaz, damat, hamdi, akşamdan, tamamdan
        adamdan, zamandan, meydan, meydana, meydanı, tamamen, hemen, osman, almanya, alman, uzman, düşman, orman
        roman, osmanlı
        """
    ),
    pairs=(
        Pair("negator", frozenset({"ne"}), expressions("ne de, ne"), 10),
        Pair("negator", expressions("sadece, yalnızca"), expressions("değil aynı zamanda"), 10),
        Pair("opener", frozenset({"hem"}), expressions("hem de, hem"), 12),
    ),
    shapes=(
        (
            "negator",
            r"\w{1,20}?(?:m[ae](?:z|zs[ae]\w*|zlar\w*|zler\w*|zd[ıi]\w*|zm[ıi]ş\w*|d[ıi]|d[ıi][mkn]|d[ıi]n[ıi]z|d[ıi]lar|d[ıi]ler"
            r"|d[ıi]r|d[ıi]ğ\w*|m[ıi]ş\w*|yacak\w*|yecek\w*|yacağ\w*|yeceğ\w*|yın|yin|yın[ıi]z|yin[ıi]z|yan|yen|yanlar|yenler"
            r"|m[ae]l[ıi]\w*|s[ae]yd[ıi]\w*|dan|den|ks[ıi]z[ıi]n|y[ıi]p|yınca|yince|yabilir\w*|yebilir\w*)"
            r"|m[ıiuü]yor\w*|[ae]m[ae](?:m|yız|yiz|zs[ıi]n\w*|zs[ıi]n[ıi]z))",
        ),
        (
            "condition",
            r"\w{1,20}?(?:[ıiuüae]r|[ıiuüae]yor|[dt][ıiuü]y|[mM][ıiuü]ş|[ae]ca[kğ]|[ae]ce[kğ]|y)s[ae](?:m|n|k|n[ıi]z|lar|ler)?",
        ),
        (
            "condition",
            r"\w{2,20}?(?:ınca|ince|unca|ünce|dığında|diğinde|duğunda|düğünde|tığında|tiğinde|tuğunda|tüğünde|ken)",
        ),
        ("modal", r"\w{2,20}?(?:[ae]bil\w*|m[ae]l[ıi](?:y[ıi]m|y[ıi]z|s[ıi]n|s[ıi]n[ıi]z|d[ıi]r|lar|ler|yd[ıi]\w*)?)"),
    ),
    denials=expressions("değil, değildir, yok, yoktur, hiç, hiçbir, asla"),
    common=expressions(
        """
        bir, ve, bu, da, de, için, çok, ile, en, daha, olarak, gibi, ne, var, o, ben, mi, kadar, ama, olan, değil
        sonra, her, olduğu, ya, ise, şey, mı, ki, sen, bunu, onu, bana, iyi, hiç, tarafından, göre, biz, siz, önce
        yok, ilk, şimdi, nasıl, diye, oldu, olduğunu, kendi, büyük, bütün, benim, senin, yeni, veya, ancak, sadece
        eğer, lütfen, hafta, gün, zaman, içinde, üzerinde, yıl, yılında, gerekir, olabilir
        """
    ),
)
