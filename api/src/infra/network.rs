//! Who is calling: the client's address behind reverse proxies, and the network it belongs to.
//!
//! Limits and hashes work on networks instead of single addresses: whoever holds one IPv6 address holds the 2^64
//! around it, and a stored address would be personal data.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// The address of the client, given the socket's peer and the values of all `X-Forwarded-For` headers in their order.
///
/// Each proxy appends the address it was called from, so the list is read from the right: as long as the hop at hand
/// is one of the `trusted` proxies, the entry left of it is believed. The first hop that is not trusted is the client.
/// Everything left of it was written by the client and means nothing. An entry that is not an address ends the walk at
/// the last good hop, as nobody can tell any more who wrote the rest.
///
/// Only `X-Forwarded-For` is read. RFC 7239's `Forwarded` is not: a proxy that maintains the one usually passes the
/// other on as the client sent it.
///
/// IPv4 addresses mapped into IPv6 are treated as the IPv4 address, so `trusted` is to name IPv4 networks as such.
pub fn client_address<V: AsRef<[u8]>>(
    peer: IpAddr,
    forwarded_for: impl DoubleEndedIterator<Item = V>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut client = peer.to_canonical();
    for value in forwarded_for.rev() {
        for hop in value.as_ref().rsplit(|byte| *byte == b',') {
            if !is_within(client, trusted) {
                return client;
            }
            match hop_address(hop) {
                Some(address) => client = address,
                None => return client,
            }
        }
    }
    client
}

/// Whether `address` lies in one of `networks`.
pub fn is_within(address: IpAddr, networks: &[IpNet]) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// The network by which requests are limited: a /24 of IPv4, a /64 of IPv6 (the smallest a single customer gets).
pub fn limit_network(address: IpAddr) -> IpNet {
    network_of(address, 24, 64)
}

/// The network that stands for an address where data is kept, and by which connections are counted: a /24 of IPv4, a
/// /48 of IPv6 (the largest a single customer usually gets).
pub fn privacy_network(address: IpAddr) -> IpNet {
    network_of(address, 24, 48)
}

fn network_of(address: IpAddr, ipv4_prefix: u8, ipv6_prefix: u8) -> IpNet {
    let address = address.to_canonical();
    let prefix = if address.is_ipv4() { ipv4_prefix } else { ipv6_prefix };
    IpNet::new_assert(address, prefix).trunc()
}

/// One entry of `X-Forwarded-For`: an address, which some proxies put in brackets or give a port.
fn hop_address(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim_matches([' ', '\t']);
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let is_bracketed_ipv4 = bare.len() != text.len() && !bare.contains(':');
    if is_bracketed_ipv4 {
        return None;
    }
    let with_port = || text.parse::<SocketAddr>().map(|socket| socket.ip());
    bare.parse()
        .or_else(|_| with_port())
        .ok()
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXIES: [&str; 3] = ["127.0.0.0/8", "::1/128", "10.0.0.0/8"];

    fn client(peer: &str, headers: &[&str]) -> String {
        let trusted = PROXIES.map(|network| network.parse().unwrap());
        client_address(peer.parse().unwrap(), headers.iter(), &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_who_the_socket_says_whatever_he_writes() {
        for header in [
            "1.2.3.4",
            "127.0.0.1",
            "10.0.0.1, 127.0.0.1",
            "",
            "unknown",
            "203.0.113.9",
        ] {
            assert_eq!(client("203.0.113.9", &[header]), "203.0.113.9", "{header:?}");
        }
        assert_eq!(client("203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn the_first_untrusted_hop_from_the_right_is_the_client() {
        let cases: [(&[&str], &str); 12] = [
            (&["198.51.100.7"], "198.51.100.7"),
            (&["6.6.6.6, 198.51.100.7"], "198.51.100.7"),
            (&["198.51.100.7, 10.1.2.3"], "198.51.100.7"),
            (&["6.6.6.6, 198.51.100.7, 10.1.2.3, 10.9.9.9"], "198.51.100.7"),
            (&["6.6.6.6", "198.51.100.7"], "198.51.100.7"),
            (&["6.6.6.6, 198.51.100.7", "10.1.2.3"], "198.51.100.7"),
            (&["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
            (&["198.51.100.7,10.1.2.3"], "198.51.100.7"),
            (&["  198.51.100.7\t,  10.1.2.3 "], "198.51.100.7"),
            (&["2001:db8::7, ::1"], "2001:db8::7"),
            (&["10.1.2.3, 10.4.5.6"], "10.1.2.3"),
            (&[], "127.0.0.1"),
        ];
        for (headers, expected) in cases {
            assert_eq!(client("127.0.0.1", headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_hop_that_is_no_address_ends_the_walk_at_the_last_good_one() {
        let garbage = [
            "unknown",
            "_hidden",
            "",
            " ",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.4 ; x",
            "0x7f.1",
            "::g",
            "1.2.3.4:",
            "1.2.3.4:port",
            "1.2.3.4:99999",
            "[1.2.3.4]",
            "[1.2.3.4]:80",
            "[::1",
            "::1]",
            "fe80::1%eth0",
            "for=1.2.3.4",
            "localhost",
            "１.2.3.4",
            "1.2.3.4\r\n",
            "1.2.3.4 5.6.7.8",
            "[]",
            "\"1.2.3.4\"",
        ];
        for entry in garbage {
            assert_eq!(
                client("127.0.0.1", &[&format!("6.6.6.6, {entry}, 10.1.2.3")]),
                "10.1.2.3",
                "{entry:?}"
            );
            assert_eq!(client("127.0.0.1", &["6.6.6.6", entry]), "127.0.0.1", "{entry:?}");
        }
    }

    #[test]
    fn a_header_that_is_no_text_ends_the_walk_too() {
        let trusted: Vec<IpNet> = vec!["127.0.0.0/8".parse().unwrap()];
        let headers: [&[u8]; 2] = [b"6.6.6.6", b"\xff\xfe"];
        let peer = "127.0.0.1".parse().unwrap();
        assert_eq!(client_address(peer, headers.iter(), &trusted), peer);
    }

    #[test]
    fn every_usual_spelling_of_a_hop_is_understood() {
        let cases = [
            ("1.2.3.4", "1.2.3.4"),
            ("1.2.3.4:5678", "1.2.3.4"),
            ("2001:DB8:0::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("::FFFF:102:304", "1.2.3.4"),
            ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
        ];
        for (entry, expected) in cases {
            assert_eq!(client("127.0.0.1", &[entry]), expected, "{entry:?}");
        }
    }

    #[test]
    fn a_mapped_ipv4_peer_counts_as_its_ipv4_address() {
        assert_eq!(client("::ffff:127.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("::ffff:203.0.113.9", &["198.51.100.7"]), "203.0.113.9");
        assert_eq!(
            client("::1", &["6.6.6.6, ::ffff:203.0.113.9, ::ffff:10.0.0.1"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn networks_are_cut_to_their_prefix() {
        let cases = [
            ("203.0.113.77", "203.0.113.0/24", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
            ("2001:db8:1:ffff::1", "2001:db8:1:ffff::/64", "2001:db8:1::/48"),
            ("::1", "::/64", "::/48"),
            ("255.255.255.255", "255.255.255.0/24", "255.255.255.0/24"),
        ];
        for (address, limit, privacy) in cases {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(limit_network(address).to_string(), limit);
            assert_eq!(privacy_network(address).to_string(), privacy);
        }
    }
}
