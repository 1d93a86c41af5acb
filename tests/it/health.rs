//! The vendor's health calls and the simulator's own.

use crate::support::{Engine, TestSim, guid, on_both_engines};

on_both_engines! {
    async fn hlt_1_health_check_and_ping_answer_without_a_token(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let answer = sim.bare("GET", "/healthCheck", &[], "").await.expect(200);
        let health = &answer.body["healthCheck"];
        assert_eq!(health["serviceName"], "piebox");
        assert_eq!(health["status"], "OK");
        assert!(health["totalTime"].is_string() && health["waitTime"]["database"].is_string());
        assert_eq!(health["dependencies"][0], "database");
        let headers = [("x-gd-requestid", guid())];
        let headers = [(headers[0].0, headers[0].1.as_str())];
        assert_eq!(sim.bare("GET", "/ping", &headers, "").await.expect(200).text, "OK");
    }

    async fn the_simulator_says_whether_it_lives_and_is_ready(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.bare("GET", "/_sim/health/live", &[], "").await.expect(200);
        sim.bare("GET", "/_sim/health/ready", &[], "").await.expect(200);
        sim.sim.db.close().await;
        sim.bare("GET", "/_sim/health/live", &[], "").await.expect(200);
        sim.bare("GET", "/_sim/health/ready", &[], "").await.expect(503);
    }
}
