import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.JDBCType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What pgjdbc's DatabaseMetaData tells of some relations: Metadata RELATION:COLUMN,COLUMN…
 *
 * <p>The relations are foreign tables in schema public, and views over them in schema reports.
 */
class Metadata {
    public static void main(String[] arguments) throws SQLException {
        var place = System.getenv();
        var url = "jdbc:postgresql://%s:%s/%s".formatted(place.get("PGHOST"), place.get("PGPORT"), place.get("PGDATABASE"));
        try (var connection = DriverManager.getConnection(url, place.get("PGUSER"), place.get("PGPASSWORD"))) {
            var metadata = connection.getMetaData();
            for (var schema : List.of("public", "reports")) {
                System.out.println("== schema " + schema);
                for (var argument : arguments) {
                    var parts = argument.split(":");
                    relation(metadata, schema, parts[0], List.of(parts[1].split(",")));
                }
            }
        }
    }

    private static void relation(DatabaseMetaData metadata, String schema, String name, List<String> columns)
            throws SQLException {
        for (var type : List.of("TABLE", "FOREIGN TABLE", "VIEW")) {
            var found = metadata.getTables(null, schema, literally(metadata, name), new String[] {type});
            var texts = texts(found, "TABLE_NAME", "TABLE_TYPE", "REMARKS");
            System.out.println("getTables, type " + type + ": " + (texts.isEmpty() ? "none" : String.join("; ", texts)));
        }
        System.out.println("getPrimaryKeys: " + texts(metadata.getPrimaryKeys(null, schema, name), "COLUMN_NAME"));
        try (var found = metadata.getColumns(null, schema, literally(metadata, name), null)) {
            while (found.next()) {
                if (columns.contains(found.getString("COLUMN_NAME"))) {
                    System.out.println(String.join(" | ", found.getString("COLUMN_NAME"), found.getString("TYPE_NAME"),
                            JDBCType.valueOf(found.getInt("DATA_TYPE")).getName(),
                            "NO".equals(found.getString("IS_NULLABLE")) ? "not null" : "null",
                            found.getString("REMARKS")));
                }
            }
        }
    }

    /** Names are patterns here, in which an underscore stands for any character. */
    private static String literally(DatabaseMetaData metadata, String name) throws SQLException {
        return name.replace("_", metadata.getSearchStringEscape() + "_");
    }

    private static List<String> texts(ResultSet found, String... columns) throws SQLException {
        try (found) {
            var rows = new ArrayList<String>();
            while (found.next()) {
                var row = new ArrayList<String>();
                for (var column : columns) {
                    row.add(String.valueOf(found.getString(column)));
                }
                rows.add(String.join(" | ", row));
            }
            return rows;
        }
    }
}
