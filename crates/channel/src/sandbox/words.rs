//! The words of the phone's page in Chinese and English, and the choice between them by `Accept-Language`.

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Chinese,
    English,
}

/// Every word of the page.
pub(super) struct Words {
    pub(super) tag: &'static str,
    pub(super) title: &'static str,
    pub(super) sandbox: &'static str,
    pub(super) payee: &'static str,
    pub(super) subject: &'static str,
    pub(super) number: &'static str,
    pub(super) paid_at: &'static str,
    pub(super) pay: &'static str,
    pub(super) decline: &'static str,
    pub(super) declined: &'static str,
    pub(super) paid: &'static str,
    pub(super) paid_more: &'static str,
    pub(super) closed: &'static str,
    pub(super) expired: &'static str,
    pub(super) dead_more: &'static str,
    pub(super) not_found: &'static str,
    pub(super) not_found_more: &'static str,
    pub(super) failed: &'static str,
    pub(super) failed_more: &'static str,
    pub(super) bad_form: &'static str,
    pub(super) bad_form_more: &'static str,
    pub(super) none_waiting: &'static str,
}

const CHINESE: Words = Words {
    tag: "zh-CN",
    title: "模拟支付",
    sandbox: "测试环境，不会真实扣款。",
    payee: "收款方",
    subject: "商品",
    number: "交易单号",
    paid_at: "付款时间",
    pay: "付款",
    decline: "取消",
    declined: "您没有付款。需要时可以继续付款。",
    paid: "付款成功",
    paid_more: "请查看终端屏幕上的结果。",
    closed: "付款码已关闭",
    expired: "付款码已过期",
    dead_more: "没有扣款。如需缴费，请在终端上重新取码。",
    not_found: "没有找到这笔付款",
    not_found_more: "请重新扫描终端屏幕上的付款码。",
    failed: "暂时无法处理",
    failed_more: "请稍后刷新本页，查看是否已付款。",
    bad_form: "无法识别这次操作",
    bad_form_more: "请返回上一页重试。",
    none_waiting: "终端屏幕上还没有付款码。取码后请刷新本页。",
};

const ENGLISH: Words = Words {
    tag: "en",
    title: "Test payment",
    sandbox: "Test environment. No money moves.",
    payee: "Payee",
    subject: "For",
    number: "Transaction",
    paid_at: "Paid at",
    pay: "Pay",
    decline: "Cancel",
    declined: "You have not paid. You can still pay when you wish.",
    paid: "Paid",
    paid_more: "Please see the result on the kiosk's screen.",
    closed: "This code is closed",
    expired: "This code has expired",
    dead_more: "Nothing was taken. To pay, please get a new code at the kiosk.",
    not_found: "Payment not found",
    not_found_more: "Please scan the code on the kiosk's screen again.",
    failed: "This cannot be done right now",
    failed_more: "Please reload this page in a moment to see whether you have paid.",
    bad_form: "This request was not understood",
    bad_form_more: "Please go back and try again.",
    none_waiting: "No code is waiting on a kiosk's screen. Get one, then reload this page.",
};

impl Language {
    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }

    /// The better liked of the two; Chinese where the header is missing or names neither.
    pub(super) fn preferred(accept_language: &str) -> Self {
        let liking = |prefix: &str| {
            accept_language
                .split(',')
                .filter_map(|range| {
                    let (tag, parameter) = range.split_once(';').unwrap_or((range, ""));
                    let primary = tag.trim().split('-').next().unwrap_or_default();
                    primary.eq_ignore_ascii_case(prefix).then(|| quality(parameter))
                })
                .max()
                .unwrap_or(0)
        };
        if liking("en") > liking("zh") { Self::English } else { Self::Chinese }
    }
}

/// The weight in thousandths: `q=0.8` is 800; none is 1000; what cannot be read is 0.
fn quality(parameter: &str) -> u16 {
    let parameter = parameter.trim();
    if parameter.is_empty() {
        return 1000;
    }
    let Some(value) = parameter.strip_prefix("q=") else { return 0 };
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => format!("{decimals:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{Chinese, English};
    use super::*;

    #[test]
    fn chooses_the_better_liked_language() {
        for (header, expected) in [
            ("", Chinese),
            ("zh-CN,zh;q=0.9,en;q=0.8", Chinese),
            ("en-GB,en;q=0.9,zh-CN;q=0.8", English),
            ("en;q=0.5, zh;q=0.7", Chinese),
            ("fr-FR, en;q=0.2", English),
            ("fr-FR", Chinese),
            ("en;q=0", Chinese),
            ("EN", English),
            ("en;q=nonsense", Chinese),
            ("en;q=0.12345", Chinese),
        ] {
            assert_eq!(Language::preferred(header), expected, "{header}");
        }
    }
}
