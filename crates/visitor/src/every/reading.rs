//! What the hall publishes: a guide, a sheet of every kind, what a month would cost, and outages.

use powerhall_billing::demo::Situation;

use super::Hall;
use crate::{Page, Picture, Result, SOON, Trouble, title};

/// The tile of what is published.
const SHELF: &str = "电价与公告";
/// Its groups, and of each the rows of the sheets that are read. What a month would cost is the first row of the prices.
const SHEETS: [(&str, &[(usize, &str)]); 3] = [
    ("电价", &[(1, "tariff")]),
    ("收费标准", &[(0, "business-fee"), (2, "late-fees")]),
    (RIGHTS, &[(0, "promises"), (1, "three-free"), (2, "complaints"), (CASH, "cash-counter"), (4, "safety")]),
];
const RIGHTS: &str = "承诺、监督和安全";
/// The row of where cash is taken.
const CASH: usize = 3;

impl Hall<'_> {
    pub(super) fn reads_up(&mut self) -> Result<()> {
        self.visitor.diary.note("— 7 how to, 8 what is published —");
        self.visitor.read(["办事指南", "新装用电", "低压新装（居民）"])?;
        self.visitor.take_list_along("租户", "申请人身份证原件")?;
        self.visitor.go_home()?;
        self.reads_sheets()?;
        self.visitor.reckon("居民生活用电（阶梯）", &["350"])?;
        self.visitor.go_home()?;
        self.visitor.open_outages()?;
        self.visitor.touch(Page::Areas, "城南")?;
        self.sees(Page::AreaOutages, "reads what is planned in the area", "area-outages")?;
        self.visitor.touch(Page::AreaOutages, "Back")?;
        self.visitor.wait_for(&[Page::Areas], SOON)?;
        let account = self.account(Situation::OwesThreeMonths)?;
        self.visitor.find_outages(&account.number)?;
        self.visitor.go_home()
    }

    /// One of every kind, each under a title of its own.
    fn reads_sheets(&mut self) -> Result<()> {
        let mut titles: Vec<Option<Picture>> = Vec::new();
        for (group, rows) in SHEETS {
            self.visitor.open_group(SHELF, group)?;
            for &(row, name) in rows {
                let told = title(&self.visitor.open_sheet(row, name)?);
                if titles.contains(&told) {
                    return Err(Trouble::Wrong(format!("the sheet {name} was read before")));
                }
                titles.push(told);
                self.visitor.touch(Page::Sheet, "Back")?;
                self.visitor.wait_for(&[Page::Sheets], SOON)?;
            }
            self.visitor.go_home()?;
        }
        Ok(())
    }

    /// From home to where cash is taken, which is still told while nothing else works.
    pub(super) fn reads_where_cash_is_taken(&mut self, name: &str) -> Result<Picture> {
        self.visitor.open_group(SHELF, RIGHTS)?;
        let screen = self.visitor.open_sheet(CASH, name)?;
        self.visitor.go_home()?;
        Ok(screen)
    }
}
