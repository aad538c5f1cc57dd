//! Addresses: each is given to one object at a time.
//!
//! Public IPv4 addresses come from 198.18.0.0/15 and IPv6 ones from 2001:db8::/32: ranges set
//! aside for tests and documentation, so that none can be dialled by mistake.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use ipnet::Ipv4Net;

use crate::sim::call::Call;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::load_balancers::LoadBalancer;
use crate::sim::digitalocean::reserved_ips::ReservedIp;
use crate::sim::digitalocean::vpcs::Vpc;
use crate::sim::refusal::Refusal;

const PUBLIC: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
const PUBLIC_SIZE: u64 = 1 << 17;

/// An unused public IPv4 address.
pub(super) fn public_v4(call: &mut Call<'_>) -> Result<Ipv4Addr, Refusal> {
    let nth = |n: u64| Ipv4Addr::from_bits(PUBLIC.to_bits() + n as u32);
    // One and the last three digits zero look odd in examples, so the first address ends in 10.
    let n = 10 + call.world.next("public_v4");
    if n < PUBLIC_SIZE {
        return Ok(nth(n));
    }
    // All were given once; look for one that has come back.
    let droplets = call.world.all::<Droplet>().filter_map(|(_, droplet)| droplet.public_ip);
    let balancers = call.world.all::<LoadBalancer>().map(|(_, balancer)| balancer.ip);
    let reserved = call.world.all::<ReservedIp>().map(|(_, reserved)| reserved.ip);
    let used: HashSet<Ipv4Addr> = droplets.chain(balancers).chain(reserved).collect();
    let free = (10..PUBLIC_SIZE).map(nth).find(|ip| !used.contains(ip));
    free.ok_or_else(|| Refusal::invalid("No public IPv4 address is free."))
}

/// A public IPv6 address that was never used before.
pub(super) fn public_v6(call: &mut Call<'_>) -> Ipv6Addr {
    let n = u128::from(call.world.next("public_v6"));
    Ipv6Addr::from_bits(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).to_bits() + (n << 16))
}

/// An unused private address in a network; its first is the gateway's.
pub(super) fn private_v4(call: &mut Call<'_>, vpc: &Vpc) -> Result<Ipv4Addr, Refusal> {
    let (first, last) = (vpc.range.network().to_bits() + 2, vpc.range.broadcast().to_bits() - 1);
    let n = call.world.next(&format!("private_v4/{}", vpc.id));
    if n <= u64::from(last - first) {
        return Ok(Ipv4Addr::from_bits(first + n as u32));
    }
    let members = call.list::<Droplet>().filter(|droplet| droplet.vpc == vpc.id);
    let used: HashSet<u32> = members.map(|droplet| droplet.private_ip.to_bits()).collect();
    let free = (first..=last).find(|ip| !used.contains(ip)).map(Ipv4Addr::from_bits);
    free.ok_or_else(|| Refusal::invalid("The VPC network has no free address."))
}

/// The gateway and the netmask an address in a public or private network is shown with.
pub(super) fn surroundings(ip: Ipv4Addr, network: Option<Ipv4Net>) -> (Ipv4Addr, Ipv4Addr) {
    let fallback = Ipv4Net::new_assert(ip, 20);
    let network = network.unwrap_or(fallback);
    (Ipv4Addr::from_bits(network.network().to_bits() + 1), network.netmask())
}
