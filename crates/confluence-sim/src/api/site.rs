//! The site itself.

use super::prelude::*;

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSettingsSystemInfoV1" v1 "settings/systemInfo", SITE, &[] => system_info;
    // In no document of the API, and asked without a credential.
    "tenantInfo" edge "/_edge/tenant_info", &[], &[] => tenant_info;
};

fn system_info(call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::ok(&json!({
        "cloudId": call.organisation.cloud_id(),
        "commitHash": "0b5e6a1c9f7d4b3e8a2c6d5f4e3b2a1908f7e6d5",
        "baseUrl": format!("{}/wiki", call.site),
        "edition": "Premium",
        "siteTitle": "Acme",
        "defaultLocale": "en_GB",
        "defaultTimeZone": "Europe/Berlin",
        "microsPerimeter": "commercial",
    })))
}

fn tenant_info(call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::ok(
        &json!({"cloudId": call.organisation.cloud_id()}),
    ))
}
