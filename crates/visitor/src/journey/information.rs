//! What the hall publishes: guides, prices, outages.

use std::time::Duration;

use crate::{Page, Picture, Result, SOON, Visitor};

impl Visitor {
    /// What is published: the way from home to a sheet, by what is written on a tile, a group and an entry.
    pub fn read(&mut self, [tile, group, entry]: [&str; 3]) -> Result<Picture> {
        self.open_group(tile, group)?;
        self.touch(Page::Sheets, entry)?;
        let (_, screen) = self.wait_for(&[Page::Sheet], SOON)?;
        self.diary.keep(&format!("reads {entry}"), "sheet", &screen)?;
        Ok(screen)
    }

    /// What is published: the way from home to the list of a group.
    pub fn open_group(&mut self, tile: &str, group: &str) -> Result<()> {
        self.touch(Page::Home, tile)?;
        let (_, screen) = self.wait_for(&[Page::Groups], SOON)?;
        self.diary.keep(&format!("touches {tile}"), "groups", &screen)?;
        self.touch(Page::Groups, group)?;
        let (_, screen) = self.wait_for(&[Page::Sheets], SOON)?;
        self.diary.keep(&format!("touches {group}"), "entries", &screen)
    }

    /// From the list of a group to a sheet, by its row, counted from 0: what it is called may be on no map.
    pub fn open_sheet(&mut self, row: usize, name: &str) -> Result<Picture> {
        let (_, screen) = self.wait_for(&[Page::Sheets], SOON)?;
        let &place = self
            .rows(Page::Sheets)?
            .get(row)
            .ok_or_else(|| self.not_seen("a sheet to read", Duration::ZERO, "a shorter list", &screen))?;
        self.point(place)?;
        let (_, screen) = self.wait_for(&[Page::Sheet], SOON)?;
        self.diary.keep(&format!("reads {name}"), name, &screen)?;
        Ok(screen)
    }

    /// What a month would cost, from home: by the name of a tariff, with what is typed for each of its questions.
    pub fn reckon(&mut self, tariff: &str, amounts: &[&str]) -> Result<Picture> {
        self.touch(Page::Home, "电价与公告")?;
        self.wait_for(&[Page::Groups], SOON)?;
        self.touch(Page::Groups, "电价")?;
        self.wait_for(&[Page::Sheets], SOON)?;
        self.touch(Page::Sheets, "What would it cost?")?;
        let (_, screen) = self.wait_for(&[Page::Tariffs], SOON)?;
        self.diary.keep("is asked which tariff", "tariffs", &screen)?;
        self.touch(Page::Tariffs, tariff)?;
        for amount in amounts {
            self.wait_for(&[Page::Quantity], SOON)?;
            self.type_in(Page::Quantity, amount)?;
            let (_, screen) = self.wait_for(&[Page::Quantity], SOON)?;
            self.diary.keep(&format!("types {amount}"), "quantity", &screen)?;
            self.touch(Page::Quantity, "Next")?;
        }
        let (_, screen) = self.wait_for(&[Page::Estimate], SOON)?;
        self.diary.keep("sees what it would cost", "estimate", &screen)?;
        Ok(screen)
    }

    /// Planned outages, from home: the areas.
    pub fn open_outages(&mut self) -> Result<()> {
        self.touch(Page::Home, "电价与公告")?;
        self.wait_for(&[Page::Groups], SOON)?;
        self.touch(Page::Groups, "停电公告")?;
        let (_, screen) = self.wait_for(&[Page::Areas], SOON)?;
        self.diary.keep("sees where outages are planned", "areas", &screen)
    }

    /// From the areas: what is planned for an account.
    pub fn find_outages(&mut self, account: &str) -> Result<Picture> {
        self.touch(Page::Areas, "By account number")?;
        self.wait_for(&[Page::OutagesAccount], SOON)?;
        self.type_in(Page::OutagesAccount, account)?;
        self.touch(Page::OutagesAccount, "Next")?;
        let (_, screen) = self.wait_for(&[Page::AccountOutages], SOON)?;
        self.diary.keep("sees what is planned for the account", "account-outages", &screen)?;
        Ok(screen)
    }

    /// From a sheet: what an applicant is to bring, with one thing ticked, as text on the phone.
    pub fn take_list_along(&mut self, applicant: &str, at_hand: &str) -> Result<String> {
        self.touch(Page::Sheet, "What to bring")?;
        let (_, screen) = self.wait_for(&[Page::Applicants], SOON)?;
        self.diary.keep("is asked who applies", "applicants", &screen)?;
        self.touch(Page::Applicants, applicant)?;
        self.wait_for(&[Page::Checklist], SOON)?;
        self.touch(Page::Checklist, at_hand)?;
        let (_, screen) = self.wait_for(&[Page::Checklist], SOON)?;
        self.diary.keep(&format!("ticks {at_hand}"), "checklist", &screen)?;
        self.touch(Page::Checklist, "To my phone")?;
        let (_, screen) = self.wait_for(&[Page::ChecklistCode], SOON)?;
        self.diary.keep("takes the list along", "list-code", &screen)?;
        self.phone.scan(&screen)
    }
}
