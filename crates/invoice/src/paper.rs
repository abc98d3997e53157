//! The paper of the sandbox: a page like that of a digital invoice (数电发票), with all fields that the law names, and with
//! what says from every side that it is a sample. Real text in a subset of an installed font, so that it can be searched,
//! copied and read by machines.

mod sheet;
mod typeface;

use jiff::tz::Offset;
use jiff::{Timestamp, civil::DateTime};
use powerhall_money::Fen;

use crate::capitals;
use crate::port::{Issued, Line, NewInvoice};
use sheet::{Edge, Ink, Sheet};

pub use sheet::PaperError;
pub use typeface::Typeface;

/// 210 mm by 140 mm, in points.
const PAGE: (i16, i16) = (595, 397);
/// The frame's left and right edge.
const LEFT: i16 = 28;
const RIGHT: i16 = 567;
/// Where the two parties meet.
const MIDDLE: i16 = 298;
/// The horizontal lines of the frame: parties, table, sum in words, remark, end.
const LINES: [i16; 5] = [66, 126, 262, 288, 352];
/// What is written into a frame.
const TEXT: i16 = 9;
/// From one line of text to the next.
const LEADING: i16 = 13;

/// The time of an instant in Beijing: UTC+8 all year.
pub(crate) fn beijing(at: Timestamp) -> DateTime {
    Offset::constant(8).to_datetime(at)
}

/// Draws an invoice; a PDF of one page.
pub(crate) fn draw(
    typeface: &Typeface,
    issued: &Issued,
    invoice: &NewInvoice,
) -> Result<Vec<u8>, PaperError> {
    let (total, tax) = invoice.total().zip(invoice.tax()).ok_or(PaperError::Amount)?;
    let net = total.minus(tax).map_err(|_| PaperError::Amount)?;
    sheet::page(typeface, PAGE, "样票 SAMPLE", |sheet| {
        sample(sheet);
        head(sheet, issued);
        frame(sheet);
        parties(sheet, invoice);
        table(sheet, invoice, net, tax);
        sums(sheet, total);
        foot(sheet, invoice);
    })
}

/// What makes it a sample, before anything else is written.
fn sample(sheet: &mut Sheet<'_, '_>) {
    sheet.slanted((150, 300), 64, "样票 SAMPLE");
    sheet.ink(Ink::Warning);
    sheet.frame((LEFT, 18), (150, 54));
    sheet.text((89, 34), Edge::Middle, 14, "样票 SAMPLE");
    sheet.text((89, 48), Edge::Middle, 7, "不是发票，不能报销或抵扣");
}

fn head(sheet: &mut Sheet<'_, '_>, issued: &Issued) {
    sheet.ink(Ink::Form);
    sheet.text((298, 40), Edge::Middle, 19, "电子发票（普通发票）");
    sheet.line((190, 48), (406, 48));
    sheet.line((190, 51), (406, 51));
    let day = beijing(issued.at).strftime("%Y年%m月%d日").to_string();
    for (y, label, value) in [(34, "发票号码：", issued.number.as_str()), (52, "开票日期：", day.as_str())]
    {
        sheet.ink(Ink::Form);
        sheet.text((456, y), Edge::Right, TEXT, label);
        sheet.ink(Ink::Text);
        sheet.text((458, y), Edge::Left, TEXT, value);
    }
}

fn frame(sheet: &mut Sheet<'_, '_>) {
    sheet.ink(Ink::Form);
    sheet.frame((LEFT, LINES[0]), (RIGHT, LINES[4]));
    for y in &LINES[1..4] {
        sheet.line((LEFT, *y), (RIGHT, *y));
    }
    for (x, top, bottom, word) in [
        (LEFT, LINES[0], LINES[1], "购买方信息"),
        (MIDDLE, LINES[0], LINES[1], "销售方信息"),
        (LEFT, LINES[3], LINES[4], "备注"),
    ] {
        if x > LEFT {
            sheet.line((x, top), (x, bottom));
        }
        sheet.line((x + 18, top), (x + 18, bottom));
        let letters = i16::try_from(word.chars().count()).unwrap_or(0);
        // In the middle of its column, from the top down.
        let mut y = (top + bottom) / 2 - letters * 11 / 2 + 9;
        for letter in word.chars() {
            sheet.text((x + 9, y), Edge::Middle, TEXT, letter.encode_utf8(&mut [0; 4]));
            y += 11;
        }
    }
}

fn parties(sheet: &mut Sheet<'_, '_>, invoice: &NewInvoice) {
    let buyer = (
        invoice.buyer.name.reveal().as_str(),
        invoice.buyer.taxpayer.as_ref().map_or("", |code| code.reveal().as_str()),
    );
    let seller = (invoice.seller.name.as_str(), invoice.seller.taxpayer.as_str());
    for (x, right, (name, code)) in [(LEFT + 24, MIDDLE, buyer), (MIDDLE + 24, RIGHT, seller)] {
        sheet.ink(Ink::Form);
        sheet.text((x, 84), Edge::Left, TEXT, "名称：");
        sheet.text((x, 118), Edge::Left, TEXT, "统一社会信用代码/纳税人识别号：");
        sheet.ink(Ink::Text);
        sheet.block((x + 28, 84), right - x - 32, 2, name);
        sheet.text((x + 140, 118), Edge::Left, TEXT, code);
    }
}

/// The columns of the table: where each is set, and by which edge.
const COLUMNS: [(i16, Edge, &str); 8] = [
    (34, Edge::Left, "项目名称"),
    (150, Edge::Left, "规格型号"),
    (205, Edge::Left, "单位"),
    (285, Edge::Right, "数量"),
    (365, Edge::Right, "单价"),
    (440, Edge::Right, "金额"),
    (500, Edge::Right, "税率/征收率"),
    (561, Edge::Right, "税额"),
];

fn table(sheet: &mut Sheet<'_, '_>, invoice: &NewInvoice, net: Fen, tax: Fen) {
    sheet.ink(Ink::Form);
    for (x, edge, word) in COLUMNS {
        sheet.text((x, 140), edge, TEXT, word);
    }
    sheet.text((60, 255), Edge::Left, TEXT, "合　　计");
    sheet.ink(Ink::Text);
    let mut y = 157;
    for line in &invoice.lines {
        for ((x, edge, _), value) in COLUMNS.into_iter().zip(cells(line)) {
            sheet.text((x, y), edge, TEXT, &value);
        }
        y += LEADING + 2;
    }
    for (column, amount) in [(5, net), (7, tax)] {
        let (x, edge, _) = COLUMNS[column];
        sheet.text((x, 255), edge, TEXT, &format!("¥{}", amount.yuan()));
    }
}

/// The cells of a line, in the order of the columns.
fn cells(line: &Line) -> [String; 8] {
    let kwh = line.kwh.filter(|kwh| *kwh > 0);
    [
        line.item.clone(),
        String::new(),
        kwh.map(|_| "千瓦时".to_owned()).unwrap_or_default(),
        kwh.map(|kwh| kwh.to_string()).unwrap_or_default(),
        kwh.map(|kwh| unit_price(line.net, kwh)).unwrap_or_default(),
        line.net.yuan(),
        format!("{}%", line.rate),
        line.tax.yuan(),
    ]
}

/// Yuan without tax of one kWh, to a ten-thousandth of a fen, halves up.
fn unit_price(net: Fen, kwh: i64) -> String {
    let micro = (i128::from(net.get()) * 20_000 + i128::from(kwh)) / (2 * i128::from(kwh));
    format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000)
}

fn sums(sheet: &mut Sheet<'_, '_>, total: Fen) {
    sheet.ink(Ink::Form);
    sheet.text((48, 279), Edge::Left, TEXT, "价税合计（大写）");
    sheet.text((436, 279), Edge::Right, TEXT, "（小写）");
    sheet.ink(Ink::Text);
    sheet.text((150, 279), Edge::Left, 11, &capitals(total));
    sheet.text((440, 279), Edge::Left, 11, &format!("¥{}", total.yuan()));
}

fn foot(sheet: &mut Sheet<'_, '_>, invoice: &NewInvoice) {
    sheet.ink(Ink::Text);
    sheet.block((LEFT + 24, 302), RIGHT - LEFT - 30, 4, invoice.remark.reveal());
    sheet.ink(Ink::Form);
    sheet.text((60, 370), Edge::Left, TEXT, "开票人：");
    sheet.ink(Ink::Text);
    sheet.text((98, 370), Edge::Left, TEXT, &invoice.seller.issuer);
    sheet.ink(Ink::Warning);
    sheet.text(
        (RIGHT, 386),
        Edge::Right,
        7,
        "本页由测试系统生成，仅供试用。Sample of a test system. Not a valid invoice.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_price_is_rounded_once() {
        assert_eq!(unit_price(Fen::new(8_850), 200), "0.442500");
        assert_eq!(unit_price(Fen::new(100), 3), "0.333333");
        assert_eq!(unit_price(Fen::new(200), 3), "0.666667");
        assert_eq!(unit_price(Fen::new(i64::MAX), 1), "92233720368547758.070000");
    }
}
