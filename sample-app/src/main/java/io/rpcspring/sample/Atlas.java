package io.rpcspring.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

import io.rpcspring.sample.places.Place;
import io.rpcspring.sample.places.Point;

/**
 * Knows the places of the time-zone database and the distances between them.
 * <p>
 * The data is {@code zone1970.tab} of the <a href="https://www.iana.org/time-zones">IANA
 * time-zone database</a>, which is in the public domain.
 */
@Component
class Atlas {

    private static final double EARTH_RADIUS_KM = 6371;

    private final Map<String, Place> places = new LinkedHashMap<>();

    Atlas() {
        for (String line : read("data/zone1970.tab").lines().toList()) {
            if (!line.startsWith("#")) {
                Place place = parse(line.split("\t"));
                this.places.put(key(place.getName()), place);
                this.places.put(key(place.getZone()), place);
            }
        }
    }

    /** Finds a place by its city or its time zone, in any case. */
    Optional<Place> find(String name) {
        return Optional.ofNullable(this.places.get(key(name)));
    }

    /** The places within a circle, the nearest to its centre first. */
    List<Place> within(Point centre, double radiusKm) {
        return this.places.values()
            .stream()
            .distinct()
            .filter((place) -> kilometres(centre, place.getLocation()) <= radiusKm)
            .sorted(Comparator.comparingDouble((place) -> kilometres(centre, place.getLocation())))
            .toList();
    }

    /** The length of the great circle between two points (haversine formula). */
    static double kilometres(Point from, Point to) {
        double lat1 = Math.toRadians(from.getLatitude());
        double lat2 = Math.toRadians(to.getLatitude());
        double north = Math.sin((lat2 - lat1) / 2);
        double east = Math.sin(Math.toRadians(to.getLongitude() - from.getLongitude()) / 2);
        double square = north * north + Math.cos(lat1) * Math.cos(lat2) * east * east;
        return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(square)));
    }

    /** Columns: countries, coordinates, zone, comments. */
    private static Place parse(String[] columns) {
        String zone = columns[2];
        String city = zone.substring(zone.lastIndexOf('/') + 1).replace('_', ' ');
        return Place.newBuilder()
            .setName(city)
            .setZone(zone)
            .addAllCountries(List.of(columns[0].split(",")))
            .setLocation(location(columns[1]))
            .build();
    }

    /** ISO 6709: {@code +4723+00832}, or with seconds {@code +404251-0740023}. */
    private static Point location(String coordinates) {
        int longitude = Math.max(coordinates.lastIndexOf('+'), coordinates.lastIndexOf('-'));
        return Point.newBuilder()
            .setLatitude(degrees(coordinates.substring(0, longitude), 2))
            .setLongitude(degrees(coordinates.substring(longitude), 3))
            .build();
    }

    private static double degrees(String signed, int digits) {
        String minutes = signed.substring(1 + digits, 3 + digits);
        String seconds = signed.substring(3 + digits);
        double value = Integer.parseInt(signed.substring(1, 1 + digits)) + Integer.parseInt(minutes) / 60.0
                + (seconds.isEmpty() ? 0 : Integer.parseInt(seconds) / 3600.0);
        return signed.startsWith("-") ? -value : value;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static String read(String resource) {
        try {
            return new ClassPathResource(resource).getContentAsString(StandardCharsets.UTF_8);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
