"""Vietnamese. Words of several syllables are written with spaces between them."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="vi",
    name="Vietnamese",
    script="Latin",
    negators=expressions(
        """
        không, chẳng, chả, chưa, đừng, chớ, không phải, không còn, không bao giờ, không hề, không ai, không gì
        không có gì, không một, không nơi nào, không nên, không được, không thể, không cần, không chỉ, không những
        không chỉ là, không phải lúc nào, không phải tất cả, không phải ai, không lắm, không hẳn, không thật sự
        chưa bao giờ, chưa từng, chưa hề, chẳng bao giờ, chẳng ai, chẳng hề, chẳng phải, chẳng những, nào có, đâu có
        đâu phải, hay không, hay chưa, cấm, nghiêm cấm, bị cấm, tránh, từ chối, hiếm khi, ít khi, khó có thể
        hầu như không, thay vì, thiếu, khỏi phải, khỏi cần, không còn nữa
        """
    ),
    conditions=expressions(
        """
        nếu, nếu không, nếu như, khi, khi nào, hễ, trừ khi, trừ phi, cho đến khi, cho tới khi, đến khi, tới khi
        cho đến, cho tới, trước, trước khi, sau, sau khi, ngay khi, ngay sau khi, một khi, mỗi khi, miễn là, miễn sao
        với điều kiện, với điều kiện là, trong trường hợp, trường hợp, giả sử, giả như, kẻo, nhỡ, lỡ, chỉ khi
        chỉ khi nào, chỉ nếu, ngay cả khi, ngay cả nếu, kể cả khi, dù cho, cho dù, bất kể, bằng không, trong lúc
        kể từ khi, tùy theo, tùy thuộc vào, tuỳ theo, phụ thuộc vào, liệu, mỗi lần, lúc, như thể, tới lúc, đến lúc
        """
    ),
    exceptions=expressions(
        """
        trừ, ngoại trừ, ngoài, không kể, không tính, không bao gồm, mà không, không có, không cần có, loại trừ, trừ ra
        thiếu vắng, khác với, bên ngoài
        """
    ),
    limits=expressions(
        """
        ít nhất, ít nhất là, nhiều nhất, nhiều nhất là, tối đa, tối thiểu, không quá, không hơn, không ít hơn
        không dưới, không nhiều hơn, không vượt quá, không trễ hơn, hơn, nhiều hơn, ít hơn, lớn hơn, nhỏ hơn, cao hơn
        thấp hơn, dài hơn, ngắn hơn, trên, dưới, khoảng, khoảng chừng, chừng, xấp xỉ, hầu như, chính xác, trở lên
        trở xuống, chậm nhất, sớm nhất, trong vòng, vượt quá, hoặc hơn, hoặc ít hơn, cho mỗi, quá
        """
    ),
    focus=expressions(
        """
        chỉ, chỉ có, chỉ là, duy nhất, riêng, thậm chí, ngay cả, kể cả, đến cả, đặc biệt, đặc biệt là, nhất là
        chủ yếu, phần lớn, một phần, luôn, luôn luôn, thường, thường xuyên, đôi khi, thỉnh thoảng, chỉ mới, vỏn vẹn
        đơn thuần
        """
    ),
    quantifiers=expressions(
        """
        tất cả, tất cả các, mọi, mỗi, từng, cả, toàn bộ, toàn thể, các, những, vài, một vài, một số, một ít, một chút
        nhiều, rất nhiều, ít, rất ít, hầu hết, đa số, phần lớn, thiểu số, một nửa, nửa, cả hai, còn lại, khác, bất kỳ
        bất kì, bất cứ, nào, ai đó, gì đó, đủ, quá nhiều, quá ít, bấy nhiêu, hàng chục, hàng trăm, hàng nghìn
        hàng ngàn, hàng triệu, cùng một, mấy
        """
    ),
    modals=expressions(
        """
        phải, cần, cần phải, nên, có thể, được, được phép, sẽ, muốn, định, dự định, bắt buộc, buộc phải, có nghĩa vụ
        hãy, có lẽ, có khả năng, có vẻ, dường như, hình như, chắc, chắc là, được cho là, nghe nói, đành, cố, cố gắng
        không thể không, bị
        """
    ),
    light=expressions(
        """
        ừ, ờ, ừm, rất, thật sự, thực sự, vô cùng, cực kỳ, cực kì, hết sức, tất nhiên, đương nhiên, dĩ nhiên, quả thật
        quả thực, thực ra, thật ra, nói thật, như đã biết, cần lưu ý rằng, đáng chú ý là, nói chung là
        """
    ),
    starters=expressions(
        """
        ngoài ra, hơn nữa, thêm vào đó, bên cạnh đó, cũng vậy, tương tự, tóm lại, nói tóm lại, nhìn chung, xin, làm ơn
        vui lòng
        """
    ),
    binders=expressions(
        """
        của, cho, với, bởi, bằng, vào, ở, tại, trong, về, đến, tới, theo, do, vì, từ, cùng, cùng với, đối với, nhờ
        qua, thông qua, suốt, giữa, chống, chống lại, để, như, là, dành cho, liên quan đến, so với, nhằm, dựa trên
        căn cứ, lên, xuống, ra, gồm, bao gồm, từ khi, kể từ
        """
    ),
    openers=expressions(
        """
        và, hoặc, hay, nhưng, mà, song, tuy nhiên, bởi vì, vì vậy, do đó, vì thế, cho nên, nên là, rằng, tuy, mặc dù
        dẫu, nhưng mà, còn, để mà, trái lại, ngược lại, mặt khác, thế nhưng, ai, gì, đâu, sao, tại sao, vì sao
        thế nào, bao nhiêu, bao giờ, ví dụ, chẳng hạn, tức là, nghĩa là, mà còn, nhưng cũng, rồi, thì, trong khi, dù
        """
    ),
    stranded=expressions(
        """
        một, cái, con, chiếc, người, này, đó, kia, ấy, đã, đang, tôi, anh, chị, em, ông, bà, nó, họ, chúng tôi
        chúng ta, bạn, mình, cũng, vẫn, có, hơi, càng
        """
    ),
    plain=expressions(
        """
        không gian, không khí, hàng không, không quân, không lực, trên không, sau cùng, trước hết, trước tiên
        không sao, tức thì, chưa chừng, phải không, vì nếu, mọi khi, khi trước
        """
    ),
    pairs=(
        Pair(
            "negator",
            expressions("không chỉ, không những, chẳng những, không chỉ là"),
            expressions("mà còn, mà, nhưng cũng"),
            20,
        ),
        Pair("condition", expressions("nếu, khi, hễ, nếu không, nếu như, giả sử"), frozenset({"thì"}), 30),
    ),
    denials=expressions("không, chẳng, chưa, đừng"),
    common=expressions(
        """
        của, và, là, có, được, cho, trong, với, không, các, một, những, đã, này, để, khi, người, từ, đến, ở, ra, về
        tôi, anh, cũng, nhưng, như, phải, còn, bị, sẽ, thì, vào, lại, làm, rằng, hay, đó, nếu, vì, bạn, họ, nên, tại
        theo, năm, sau, trước, nhiều, chưa, đừng, cuối, tuần
        """
    ),
)
