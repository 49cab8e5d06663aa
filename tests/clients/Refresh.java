import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.util.PSQLException;

/**
 * What becomes of a refresh of a mirror by pgjdbc: Refresh MIRROR WAY…
 *
 * <p>A way is one of those below. Each is a line: what it is, and what came of it.
 */
class Refresh {
    private interface Call {
        void run(Connection connection) throws SQLException;
    }

    public static void main(String[] arguments) throws SQLException {
        var mirror = arguments[0];
        for (var i = 1; i < arguments.length; i++) {
            var way = arguments[i];
            switch (way) {
                case "statement" -> tell(way, "", true, c -> {
                    try (Statement s = c.createStatement()) {
                        s.execute("CALL confluence.refresh('" + mirror + "')");
                    }
                });
                case "prepared" -> tell(way, "", true, c -> {
                    try (var s = c.prepareStatement("CALL confluence.refresh(?, ?)")) {
                        s.setString(1, mirror);
                        s.setString(2, "access");
                        s.execute();
                    }
                });
                case "callable" -> tell(way, "", true, c -> {
                    try (var s = c.prepareCall("CALL confluence.refresh(?)")) {
                        s.setString(1, mirror);
                        s.execute();
                    }
                });
                case "escape" -> tell(way, "", true, c -> escape(c, mirror));
                case "escape as call" -> tell(way, "?escapeSyntaxCallMode=callIfNoReturn", true, c -> escape(c, mirror));
                case "simple" -> tell(way, "?preferQueryMode=simple", true, c -> {
                    try (Statement s = c.createStatement()) {
                        s.execute("CALL confluence.refresh('" + mirror + "', 'changes')");
                    }
                });
                case "without autocommit" -> tell(way, "", false, c -> {
                    try (Statement s = c.createStatement()) {
                        s.execute("CALL confluence.refresh('" + mirror + "')");
                    }
                });
                default -> throw new IllegalArgumentException(way);
            }
        }
    }

    private static void escape(Connection connection, String mirror) throws SQLException {
        try (var s = connection.prepareCall("{call confluence.refresh(?)}")) {
            s.setString(1, mirror);
            s.execute();
        }
    }

    private static void tell(String way, String options, boolean autocommit, Call call) throws SQLException {
        var place = System.getenv();
        var url = "jdbc:postgresql://%s:%s/%s%s".formatted(place.get("PGHOST"), place.get("PGPORT"), place.get("PGDATABASE"), options);
        try (var connection = DriverManager.getConnection(url, place.get("PGUSER"), place.get("PGPASSWORD"))) {
            connection.setAutoCommit(autocommit);
            try {
                call.run(connection);
                System.out.println(way + ": done");
            } catch (PSQLException e) {
                var told = e.getServerErrorMessage();
                System.out.println(way + ": " + e.getSQLState() + ": " + (told == null ? e.getMessage() : told.getMessage() + " HINT: " + told.getHint()));
            }
        }
    }
}
