//! Applications, as their customer sees them: stages, promise and texts are the types of the kiosks' API.

use jiff::civil::Date;
use powerhall_api::{Application, Fee, Personal};
use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

/// Names an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByApplication {
    /// 申请编号: 12 to 16 digits.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{12,16}$"))]
    pub application: Personal,
    /// Today in Beijing: working days are reckoned from it.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-23"))]
    pub today: Date,
}

/// The answer to `findApplication`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundApplications {
    /// The number that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub application: Personal,
    /// Empty when there is none.
    pub applications: Vec<ApplicationOnFile>,
}

/// An application, masked as its customer may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationOnFile {
    /// 申请编号, whole: its name in later calls.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub application: Personal,
    /// What the customer is shown. Its `reference` and a call back are the backend's, not yours.
    pub shown: Application,
}

/// Names an account, with the phone on file as the second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByPhone {
    /// 户号.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
    pub account: Personal,
    /// The last four digits of the phone on file.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{4}$"))]
    pub phone_last4: Personal,
    /// Today in Beijing: working days are reckoned from it.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-23"))]
    pub today: Date,
}

/// The answer to `listApplications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationsOf {
    /// The account that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// Newest first. Empty when there is no such account, the digits are wrong, or there is no application:
    /// deliberately one answer.
    pub applications: Vec<ApplicationOnFile>,
}

/// Names an application, whatever the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfApplication {
    /// 申请编号: 12 to 16 digits.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{12,16}$"))]
    pub application: Personal,
}

/// The answer to `listFees`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DueFees {
    /// The number that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub application: Personal,
    /// The fees that are due. Empty when none is, or there is no such application.
    pub fees: Vec<DueFee>,
}

/// A fee that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DueFee {
    /// Which of the application's fees.
    pub item: u32,
    /// What it comes to, in fen: it is paid whole or not at all.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub amount_fen: Fen,
    /// What the customer is shown.
    pub shown: Fee,
}
