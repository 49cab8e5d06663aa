//! Quota points: what responses cost of the quota that Atlassian sets its apps: a point for each request, a point for
//! each object in the answer, and two for an object that is about who somebody is or what somebody may do.

/// What each request costs that is answered, whatever the answer is.
pub(crate) const PER_REQUEST: u64 = 1;

/// What an object costs in an answer of this operation.
pub(crate) fn per_object(operation: &str) -> u64 {
    if OF_IDENTITY_OR_ACCESS.contains(&operation) {
        2
    } else {
        1
    }
}

/// The operations whose answers are accounts, groups, permissions, roles and who has them, or restrictions.
const OF_IDENTITY_OR_ACCESS: &[&str] = &[
    // Accounts and groups.
    "createBulkUserLookup",
    "getUserCurrentV1",
    "getUserMemberofV1",
    "getGroupV1",
    "getGroupByIdV1",
    "getGroupByGroupIdMembersByGroupIdV1",
    // Accounts, as those who like or watch something.
    "getPageLikeUsers",
    "getBlogPostLikeUsers",
    "getFooterLikeUsers",
    "getInlineLikeUsers",
    "getContentByIdNotificationChildCreatedV1",
    "getSpaceBySpaceKeyWatchV1",
    // What somebody may do.
    "getSpacePermissionsAssignments",
    "getContentByIdRestrictionV1",
    "getAvailableSpacePermissions",
    "getAvailableSpaceRoles",
    "getSpaceRoleAssignments",
    "getPageOperations",
    "getBlogPostOperations",
    "getAttachmentOperations",
    "getCustomContentOperations",
    "getFooterCommentOperations",
    "getInlineCommentOperations",
    "getSpaceOperations",
    "getFolderOperations",
    "getWhiteboardOperations",
    "getDatabaseOperations",
    "getSmartLinkOperations",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables;

    #[test]
    fn every_operation_named_here_is_one_that_is_asked() {
        let asked: Vec<&str> = tables::ALL
            .iter()
            .flat_map(|table| {
                let endpoints = table.endpoints.iter().map(|endpoint| endpoint.operation);
                let parts = table.columns.iter().filter_map(|column| column.part);
                endpoints.chain(parts.map(|part| part.operation))
            })
            .collect();
        for operation in OF_IDENTITY_OR_ACCESS {
            assert!(asked.contains(operation), "{operation}");
        }
    }
}
