//! Planned outages of the made-up town: who lives in one of the streets is in it.

use jiff::{ToSpan, civil::Date, tz};
use powerhall_api::Text;
use sqlx::SqliteConnection;

use super::DemoError;

/// A district, its streets, in how many days, from and until (hours and minutes; a time that is earlier is of the next
/// day), and why.
struct Plan {
    area: [&'static str; 2],
    streets: &'static [[&'static str; 2]],
    days: i64,
    from: (i8, i8),
    until: (i8, i8),
    reason: [&'static str; 2],
}

const SOUTH: [&str; 2] = ["城南", "Chengnan"];
const RIVERSIDE: [&str; 2] = ["滨河", "Riverside"];
const LAKE: [&str; 2] = ["东湖", "East Lake"];
const NORTH: [&str; 2] = ["北苑", "North Park"];

const PLANS: [Plan; 6] = [
    Plan {
        area: RIVERSIDE,
        streets: &[["新华路", "Xinhua Road"], ["文化路", "Wenhua Road"], ["长江路", "Changjiang Road"]],
        days: 1,
        from: (7, 0),
        until: (19, 30),
        reason: ["电网改造", "Grid renewal"],
    },
    Plan {
        area: SOUTH,
        streets: &[["解放路", "Jiefang Road"], ["人民路", "Renmin Road"]],
        days: 3,
        from: (8, 30),
        until: (17, 0),
        reason: ["线路检修", "Line maintenance"],
    },
    Plan {
        area: LAKE,
        streets: &[["学院路", "Xueyuan Road"]],
        days: 5,
        from: (13, 0),
        until: (17, 0),
        reason: ["配合道路施工", "Road works"],
    },
    Plan {
        area: SOUTH,
        streets: &[["建设路", "Jianshe Road"], ["人民路", "Renmin Road"]],
        days: 9,
        from: (9, 0),
        until: (12, 0),
        reason: ["更换变压器", "Transformer replacement"],
    },
    Plan {
        area: NORTH,
        streets: &[["青年路", "Qingnian Road"], ["团结巷", "Tuanjie Lane"], ["环城北路", "North Ring Road"]],
        days: 12,
        from: (22, 0),
        until: (6, 0),
        reason: ["设备检修", "Equipment maintenance"],
    },
    Plan {
        area: LAKE,
        streets: &[["湖滨路", "Hubin Road"], ["光明街", "Guangming Street"]],
        days: 45,
        from: (8, 0),
        until: (18, 0),
        reason: ["电网改造", "Grid renewal"],
    },
];

/// Writes them; the accounts are there already.
pub(super) async fn write(tx: &mut SqliteConnection, today: Date) -> Result<(), DemoError> {
    for (id, plan) in (1_i64..).zip(&PLANS) {
        let streets = [0, 1].map(|language| {
            let names: Vec<_> = plan.streets.iter().map(|street| street[language]).collect();
            names.join(["、", ", "][language])
        });
        let until_days = plan.days + i64::from(plan.until < plan.from);
        sqlx::query(
            "INSERT INTO outages (id, area, streets, reason, starts, ends) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(serde_json::to_string(&text(plan.area))?)
        .bind(serde_json::to_string(&text(streets.each_ref().map(String::as_str)))?)
        .bind(serde_json::to_string(&text(plan.reason))?)
        .bind(second(today, plan.days, plan.from)?)
        .bind(second(today, until_days, plan.until)?)
        .execute(&mut *tx)
        .await?;
        for [street, _] in plan.streets {
            sqlx::query(
                "INSERT OR IGNORE INTO outage_accounts (account_id, outage_id) \
                 SELECT id, ? FROM accounts WHERE instr(address, ?) > 0 AND closed_on IS NULL",
            )
            .bind(id)
            .bind(*street)
            .execute(&mut *tx)
            .await?;
        }
    }
    Ok(())
}

fn text([zh, en]: [&str; 2]) -> Text {
    [("zh_CN", zh), ("en", en)].map(|(language, words)| (language.to_owned(), words.to_owned())).into()
}

/// A time of a day in Beijing, in seconds since 1970.
fn second(today: Date, days: i64, (hour, minute): (i8, i8)) -> Result<i64, DemoError> {
    let day = today.checked_add(days.days()).map_err(|_| DemoError::Today)?;
    let at = day.at(hour, minute, 0, 0).to_zoned_datetime(tz::TimeZone::fixed(tz::offset(8)));
    at.map(|at| at.timestamp().as_second()).map_err(|_| DemoError::Today)
}
